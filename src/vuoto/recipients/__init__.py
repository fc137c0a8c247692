"""MAP ROOM: who received it, each fact with its source."""
