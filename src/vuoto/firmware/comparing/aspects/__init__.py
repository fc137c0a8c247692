"""What is compared, one aspect a file."""
