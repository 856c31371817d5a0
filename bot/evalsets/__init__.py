"""The questions behind the numbers: build them, audit them."""
