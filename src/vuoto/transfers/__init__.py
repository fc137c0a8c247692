"""LAW LIBRARY: decides each transfer under the law of a given day, with reasons."""
