"""Asking the judge again where it failed: nothing lost, nothing paid twice, nothing invented."""
