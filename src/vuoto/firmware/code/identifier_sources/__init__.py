"""Sources of identifiers, one family a file."""
