"""Writes what Android reads: compiled XML, signed packages, images, updates. For examples and tests, never shipped."""
