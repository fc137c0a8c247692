"""READING ROOM: reads a conversation as protocol messages."""
