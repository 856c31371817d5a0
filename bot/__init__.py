"""Recount: turn eval archives into experiment reports, and count every number in them again."""

__version__ = "0.1.0"
