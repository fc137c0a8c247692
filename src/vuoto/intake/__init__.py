"""FRONT DOOR: opens an input, hashes it, hands on frames or ready messages."""
