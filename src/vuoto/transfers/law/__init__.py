"""Dated facts of law, as data, each with its source."""
