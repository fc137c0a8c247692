"""LABORATORY: finds personal data in what was unwrapped, and says why it is that."""

from vuoto.disclosures.profile import read_profile
from vuoto.disclosures.search import Search, doubt_profile, find_disclosures, normalise, prepare_search

__all__ = ["Search", "doubt_profile", "find_disclosures", "normalise", "prepare_search", "read_profile"]
