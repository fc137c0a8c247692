"""One file per question that every body of law asks alike, each exporting `QUESTION`."""
