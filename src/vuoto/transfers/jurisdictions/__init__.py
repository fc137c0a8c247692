"""One file per body of law."""
