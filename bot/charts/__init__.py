"""Tables to figures: the hero figure and its supporting charts."""
