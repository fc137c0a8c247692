"""STUDY: one document, many renderers."""
