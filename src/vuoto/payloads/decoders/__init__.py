"""One file per wrapping."""
