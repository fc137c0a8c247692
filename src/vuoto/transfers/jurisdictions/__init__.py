"""One file per body of law, each exporting `JURISDICTION`."""
