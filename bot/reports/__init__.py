"""Tables to facts to Markdown to the bundle, the border of trust."""
