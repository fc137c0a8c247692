"""One file per link layer."""
