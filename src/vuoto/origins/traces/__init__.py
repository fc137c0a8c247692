"""One kind of clue per file, each exporting `TRACE`."""
