"""Compares builds: what changed for a person's data, and in which of many builds something is."""

from __future__ import annotations

from vuoto.firmware.comparing.comparison import change_names, compare

__all__ = ["change_names", "compare"]
