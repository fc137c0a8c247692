"""The words all rooms share: frozen facts, nothing that acts. Imports nothing of ours."""
