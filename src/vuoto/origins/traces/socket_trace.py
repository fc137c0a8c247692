"""What was recorded on the device while it sent: the process, and the Java classes on the stack (PiRogue's `socket_trace.json`).

A class of the package on the stack of the very operation that sent is the strongest clue there is, and names class and method.
The process alone names the app: Android gives it the package's name, with `:part` for a part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from vuoto.facts.origins import Sighting
from vuoto.origins.suspect import Suspect
from vuoto.origins.trace import Sign, Trace

BY_PROCESS: Final = 14.0
BY_CLASS: Final = 30.0
OTHER: Final = -40.0
"""The recorder saw another process send on this very socket: no words weigh against that."""

OTHER_SHARES: Final = -3.0
"""… but packages that share a user id may share a process, and its name."""

FRAMEWORK: Final = re.compile(
    r"(?:java|javax|android|androidx|dalvik|libcore|kotlin|kotlinx|com\.android\.(?:okhttp|org\.conscrypt|internal)|okhttp3?|okio|"
    r"com\.google\.android\.gms|org\.chromium|retrofit2?|com\.squareup|io\.netty|org\.apache\.http|sun|jdk)\."
)
"""Classes of the system and of libraries that any app may hold: on every stack, and no clue."""


def _find(sighting: Sighting, suspect: Suspect) -> Iterator[Sign]:
    package = suspect.package
    if not sighting.traces:
        return
    processes = {t.process.partition(":")[0] for t in sighting.traces}
    names = {name for name in (package.name, package.process, *(c.process for c in package.components)) if name}
    places: dict[str, None] = {}
    steps: dict[str, None] = {}
    for trace in sighting.traces:
        for frame in trace.stack:
            descriptor = f"L{frame.name.replace('.', '/')};"
            own = package.name is not None and frame.name.startswith(f"{package.name}.")
            if not FRAMEWORK.match(frame.name) and (own or descriptor in suspect.defined):
                places[f"{descriptor}->{frame.method}"] = None
                steps[f"on the recorded stack: {frame.name}.{frame.method}"] = None
    if places:
        yield Sign(
            what="stands on the stack that was recorded on the device while it sent",
            bits=BY_CLASS,
            group="witness",
            places=tuple(places),
            steps=tuple(steps)[:12],
        )
    if own_processes := processes & names:
        yield Sign(what=f"is the process that was recorded while it sent: {min(own_processes)}", bits=BY_PROCESS, group="witness")
    elif not places:
        yield Sign(
            what=f"is not the process that was recorded while it sent ({min(processes)})",
            bits=OTHER if package.shared_user_id is None else OTHER_SHARES,
            group="witness missing",
        )


TRACE = Trace(
    name="socket trace",
    says="The process and the Java classes that were on the stack when the device sent, as PiRogue records them; joined by "
    "addresses, ports and time, which is what a Community ID says. The strongest clue.",
    find=_find,
)
