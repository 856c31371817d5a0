"""Whether two questions are one: plain functions on text, without a library, for the audit and for every report."""
