"""HALL: joins frames into two-sided conversations, in columns."""
