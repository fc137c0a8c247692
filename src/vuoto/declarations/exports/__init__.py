"""One file per form in which a declaration is written out, each exporting `EXPORT`."""
