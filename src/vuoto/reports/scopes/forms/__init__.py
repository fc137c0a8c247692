"""Output formats of a scope, one a file."""
