"""LABORATORY: finds personal data in what was unwrapped, and says why it is that."""
