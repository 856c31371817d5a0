"""Eval sets as commands offer them: audited, planned, built, run, scored; composed of evalsets, judging and charts."""
