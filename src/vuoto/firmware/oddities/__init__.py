"""What is odd in a package, one rule a file."""
