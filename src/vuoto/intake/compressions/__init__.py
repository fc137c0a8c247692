"""One file per compression that a whole capture may come in."""
