"""Output formats of a difference, one a file."""
