"""Vuoto takes what a device sent and says which personal data left it, to whom, and on what declared basis."""

__version__ = "0.1.0"
