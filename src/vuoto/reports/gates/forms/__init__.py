"""Output formats of the gate's answer, one a file."""
