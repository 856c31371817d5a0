"""Re-judging as commands offer it: an archive of either kind opened, planned, asked about, told of before and after."""
