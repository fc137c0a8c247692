"""BELL: one file per command."""
