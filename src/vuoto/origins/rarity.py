"""How rare a word is: in how many packages of this build it stands, and before that, what kind of word it is.

A build of twelve packages in which one holds `MEID` says little by itself of how rare `MEID` is. So the count is joined with a
first guess by the word's form, worth `PSEUDO` packages: `(others that hold it + PSEUDO * guess) / (others + PSEUDO)`, the mean of
a beta distribution. In a build of 500 the count decides, in one of 12 mostly the guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PSEUDO: Final = 24
"""Packages that the first guess is worth."""


def words(text: str) -> frozenset[str]:
    """The words of a text, once each."""
    return frozenset(text.split())


COMMON: Final = words(
    "a action address android api app appid appkey application appname apps args auth body brand build bundle c category "
    "channel cid city client clientid code config content count country cpu ct data date debug density desc description "
    "device device_id deviceid devices display duration e email end error event event_name events extra extras false family "
    "field file filename flag format from gender group h hash height host hour http https i id ids image index info input "
    "install ip item items json k key keys kind l label lang language lat latitude length level limit list lng locale "
    "location log login lon longitude mac manufacturer max message messages method mime min mode model msg n name net "
    "network nonce null number object offset ok on op options order os os_version osversion output p package packagename "
    "page param params password path payload phone platform port position product prop properties props q query r reason "
    "ref region request res resolution response result results s scope screen screen_height screen_width sdk sdk_version "
    "secret seq serial server session session_id sessionid sign signature size sort source src start state status string "
    "subject t tag tags target text time timestamp timezone title token total track true ts type u uid unit url user "
    "user_agent user_id userid username uuid v value values ver version versioncode versionname w what width x y z "
)
"""Names that a third of all code holds (counted by hand over published wire formats and Android's own keys): they tell
nothing."""


def rate(holders: int, packages: int, guess: float) -> float:
    """How often another package would hold it: of `packages`, so many hold it, this one among them."""
    others = max(packages - 1, 0)
    return (max(min(holders, packages) - 1, 0) + PSEUDO * guess) / (others + PSEUDO)


def guess_of_name(name: str) -> float:
    """First guess for the name of a field, a parameter or a header."""
    if name.lower().replace("-", "_") in COMMON or name.lower().replace("_", "") in COMMON:
        return 0.35
    long = len(name) >= 8 or (len(name) >= 5 and any(c.isdigit() for c in name))
    return 0.1 if len(name) <= 3 else 0.004 if long else 0.02


def holders(mentions: Mapping[str, tuple[int, ...]], word: str) -> int:
    """In how many packages the word stands."""
    return len(mentions.get(word, ()))
