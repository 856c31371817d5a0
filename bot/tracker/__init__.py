"""Bundles to comments, issues, labels and board, on GitHub or in a folder."""
