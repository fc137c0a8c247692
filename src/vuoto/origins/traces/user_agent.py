"""The `User-Agent`: the package's own name or version in it, a library in it that the package holds, or Android's own.

Android's default (`Dalvik/2.1.0 (Linux; U; Android …)`) is sent by `HttpURLConnection` where code sets no other: it fits packages
that send by it, and no others. okhttp's default names its version (`okhttp/3.12.1`), which stands in its code as a constant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from vuoto.facts.origins import Sighting
from vuoto.origins.rarity import words
from vuoto.origins.suspect import Suspect
from vuoto.origins.trace import HIT, Sign, Trace, bits

PRODUCT: Final = re.compile(r"([A-Za-z][\w.\-]{1,60})/(v?\d[\w.\-]{0,30})", re.ASCII)
EVERYWHERE: Final = words("android applewebkit build chrome dalvik gecko khtml linux mobile mozilla safari version wv ")

GUESS_PRODUCT: Final = 0.004
GUESS_VERSION: Final = 0.05
_DEFAULT: Final = re.compile(r"Dalvik/\d")
_URL_CONNECTION: Final = re.compile(r"Ljava(?:x/net/ssl/|/net/)(?:HttpURLConnection|HttpsURLConnection|URL|URLConnection);")


def _products(sighting: Sighting) -> dict[str, tuple[str, str]]:
    found = {}
    for agent in sighting.agents:
        for match in PRODUCT.finditer(agent):
            if match[1].lower() not in EVERYWHERE:
                found[match[0]] = (match[1], match[2])
    return found


def _words(sighting: Sighting) -> Iterator[str]:
    for whole, (name, _) in _products(sighting).items():
        yield whole
        yield name


def _called(suspect: Suspect, name: str) -> bool:
    """Whether the product could be the package itself: its label, or a part of its name."""
    package = suspect.package
    parts = {*(package.name or "").lower().split("."), (package.label or "").lower().replace(" ", "")}
    return name.lower() in parts


def _find(sighting: Sighting, suspect: Suspect) -> Iterator[Sign]:
    package = suspect.package
    for agent in sighting.agents:
        if package.name and "." in package.name and re.search(rf"(?<![\w.]){re.escape(package.name)}(?![\w.])", agent):
            yield Sign(what=f"is named {package.name}, as the User-Agent says", bits=13.0, group="agent")
        elif package.label and len(package.label) >= 5 and package.label.lower() in agent.lower():
            yield Sign(what=f"is called {package.label}, a word of the User-Agent", bits=6.0, group="agent")
    for whole, (name, version) in _products(sighting).items():
        if holdings := suspect.holds(whole):
            yield Sign(
                what=f"holds {whole}, a part of the User-Agent, which stands {suspect.share(whole)}",
                bits=bits(HIT, suspect.rate(whole, GUESS_PRODUCT)),
                group="agent",
                places=tuple(dict.fromkeys(place for h in holdings for place in h.places)),
            )
        elif package.version_name == version and _called(suspect, name):
            yield Sign(what=f"has the version {version}, as the User-Agent has", bits=bits(HIT, GUESS_VERSION), group="agent")
        elif holdings := [h for h in suspect.holds(name) if h.text == name]:
            yield Sign(
                what=f"holds {name}, the name of a program in the User-Agent",
                bits=bits(HIT / 2, suspect.rate(name, GUESS_PRODUCT * 4)),
                group="agent",
                places=tuple(dict.fromkeys(place for h in holdings for place in h.places)),
            )
    if any(_DEFAULT.match(agent) for agent in sighting.agents) and suspect.code is not None and suspect.code.sends:
        default = [s for s in suspect.code.sends if _URL_CONNECTION.match(s.api)]
        if default:
            yield Sign(
                what="sends by HttpURLConnection, whose default User-Agent this is",
                bits=0.5,
                group="default agent",
                places=tuple(dict.fromkeys(s.place.method for s in default)),
            )
        else:
            yield Sign(
                what="does not send by HttpURLConnection, whose default User-Agent this is", bits=-1.0, group="agent missing"
            )


TRACE = Trace(
    name="user agent",
    says="The name or version of the package, or of a library it holds, in the User-Agent; or Android's default, which "
    "fits code that sends by HttpURLConnection.",
    find=_find,
    words=_words,
)
