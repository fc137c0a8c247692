"""Outputs of `vuoto firmware show|scan`, one file each."""
