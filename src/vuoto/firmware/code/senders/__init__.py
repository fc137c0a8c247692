"""Ways of sending, one family a file."""
