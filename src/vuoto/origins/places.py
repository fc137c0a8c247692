"""Which class, and which method of it, most of the evidence stands in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

MOST_OTHERS: Final = 8
"""Further classes told."""

LIBRARY: Final = re.compile(
    r"L(?:androidx?|java|javax|kotlinx?|okhttp3?|okio|retrofit2?|com/(?:google|squareup|facebook/react|fasterxml|android/volley)|org/(?:apache|json|"
    r"chromium|greenrobot)|io/(?:netty|reactivex|grpc))/"
)
"""Classes that many packages hold: what stands there was asked for from elsewhere, so it counts a quarter."""

OF_A_LIBRARY: Final = 0.25
OF_THE_PACKAGE: Final = 1.2
"""A class under the package's own name is a little likelier the one that knows what it sends."""


class Place(NamedTuple):
    """Where most of it stands."""

    name: str | None
    """The class in DEX notation, or `None` where no clue has a place in code."""

    method: str | None
    """The method with most of the evidence of that class, in DEX notation."""

    others: tuple[str, ...]
    """Further classes, most first."""


def best_class(evidence: Iterable[tuple[Sequence[str], float]], package: str | None) -> Place:
    """`evidence`: places of each clue with its bits. A clue that stands in many classes counts for each as much less."""
    classes: dict[str, float] = {}
    methods: dict[str, dict[str, float]] = {}
    own = f"L{package.replace('.', '/')}/" if package else None
    for places, bits in evidence:
        if bits <= 0:
            continue
        named = {place.partition("->")[0] for place in places if place.startswith("L") and ";" in place}
        for name in named:
            share = bits / len(named)
            share *= OF_A_LIBRARY if LIBRARY.match(name) else 1.0
            share *= OF_THE_PACKAGE if own and name.startswith(own) else 1.0
            classes[name] = classes.get(name, 0.0) + share
        inside = [place for place in places if "->" in place and "(" in place]
        for method in inside:
            mine = methods.setdefault(method.partition("->")[0], {})
            mine[method] = mine.get(method, 0.0) + bits / len(inside)
    order = sorted(classes, key=lambda name: (-classes[name], name))
    if not order:
        return Place(None, None, ())
    best = methods.get(order[0], {})
    most = min(best, key=lambda m: (-best[m], m)) if best else None
    return Place(order[0], most, tuple(order[1 : 1 + MOST_OTHERS]))


def shown_class(descriptor: str) -> str:
    """`com.example.Foo` for `Lcom/example/Foo;`."""
    return descriptor.removeprefix("L").removesuffix(";").replace("/", ".")


def spread(places: Sequence[str], first: str | None) -> tuple[str, ...]:
    """The places, those of the class `first` before the others."""
    return tuple(sorted(dict.fromkeys(places), key=lambda place: (place.partition("->")[0] != first, place)))
