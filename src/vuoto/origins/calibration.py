"""Two numbers fitted on labelled cases, and a cap. `bench/attribution.py` fits them and says how well they hold elsewhere."""

from __future__ import annotations

from typing import Final

SCALE: Final = 0.65
"""What a bit of a sum counts: traces are less independent than their sum takes them to be."""

ELSEWHERE: Final = 0.5
"""How likely, before anything is looked at, none of the build's packages sent it: an app that was installed later did."""

MOST_CONFIDENT: Final = 0.98
"""No confidence is higher: code that holds every word of a message need not have sent it."""
