"""The app that the capture itself names for the conversation (PCAPdroid and others know which app opened a connection).

The name may be the package's, its label, or the beginning of either (PCAPdroid's trailer has room for 19 bytes). Several packages
may share one user id; then the tool names one of them, and packages that share its user id are not spoken against.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vuoto.facts.origins import Sighting
from vuoto.origins.suspect import Suspect
from vuoto.origins.trace import Sign, Trace

BY_NAME: Final = 20.0
"""A package's name is its own: the tool asked Android for it."""

BY_LABEL: Final = 11.0
"""Labels are shared now and then."""

OTHER: Final = -15.0
"""The capture names another app. Apps also send for others (download manager, browser, media server), and share user ids."""

OTHER_SHARES: Final = -1.0
"""… where this package shares a user id, and may be the one that is meant."""

TRAILER: Final = 19
"""Bytes of a name in PCAPdroid's trailer, without the zero that ends it."""


def _find(sighting: Sighting, suspect: Suspect) -> Iterator[Sign]:
    package = suspect.package
    if not sighting.apps:
        return
    for app in sighting.apps:
        name = app.partition(":")[0]
        if package.name and name == package.name:
            yield Sign(what=f"is the app that the capture names: {app}", bits=BY_NAME, group="witness")
            return
        if package.label and (app == package.label or (len(app.encode()) >= TRAILER and package.label.startswith(app))):
            yield Sign(what=f"is called {package.label}, as the app that the capture names", bits=BY_LABEL, group="witness")
            return
    shares = package.shared_user_id is not None
    yield Sign(
        what=f"is not the app that the capture names ({sighting.apps[0]})" + (", but shares a user id" if shares else ""),
        bits=OTHER_SHARES if shares else OTHER,
        group="witness missing",
    )


TRACE = Trace(
    name="capture app tag",
    says="The capture names the app that opened the conversation, by its package or its label. Strong; weaker where "
    "packages share a user id.",
    find=_find,
)
