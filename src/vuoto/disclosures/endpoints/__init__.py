"""Formats of known recipients, as data, each with its source."""
