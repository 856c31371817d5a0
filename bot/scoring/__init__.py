"""Records to tables: pure functions over numbers, no input or output."""
