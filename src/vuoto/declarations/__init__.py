"""NOTARY: reads and checks what the vendor says it does."""
