"""LETTER OPENER: unwraps a body layer by layer and keeps the way back to the bytes."""
