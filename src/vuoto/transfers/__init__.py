"""LAW LIBRARY: decides each transfer under the law of a given day, with reasons."""

from __future__ import annotations

from vuoto.transfers.judging import judge_transfers
from vuoto.transfers.lawbook import references

__all__ = ["judge_transfers", "references"]
