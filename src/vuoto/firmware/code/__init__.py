"""DEX code: its reader and what is told from it."""
