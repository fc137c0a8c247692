"""What a build may be refused for, one rule a file."""
