"""What is asked of the inputs, and the inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from vuoto import recipients
from vuoto.facts.declarations import Declaration
from vuoto.facts.device import DeviceProfile
from vuoto.facts.origins import SocketTrace

if TYPE_CHECKING:
    # The detective is imported when a build is searched, and not before.
    from vuoto.origins import Build


class Source(NamedTuple):
    """An input, opened by whoever calls."""

    name: str
    """File name without its folder."""

    stream: BinaryIO
    """Its bytes; a pipe will do."""

    named: bool = True
    """Whether the user named this very file: then it must be readable. One found in a folder may be a `Problem` instead."""

    digest: Callable[[int], str | None] | None = None
    """The SHA-256 of so many of its first bytes, where a process beside this one makes it (see `vuoto.digests`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of the inputs, besides the inputs."""

    registers: recipients.Registers
    """The registers that say where a recipient is."""

    spool: Callable[[], BinaryIO]
    """Makes a temporary file, for inputs that cannot be read twice."""

    profile: DeviceProfile = field(default_factory=DeviceProfile)
    """What is known of the device."""

    declaration: Declaration | None = None
    """What the controller says it does, or `None` where nobody said."""

    as_of: date | None = None
    """The day whose law is applied; `None` for the day of each disclosure."""

    reveal: bool = False
    """Whether values and excerpts are shown in full."""

    build: Build | None = None
    """The build that is searched for the code that sent it, or `None`."""

    socket_traces: tuple[SocketTrace, ...] = ()
    """What was recorded of the device's sockets while the capture was made."""

    workers: int = 1
    """Processes to look through one input with."""

    progress: Callable[[str, int], None] = lambda _step, _done: None
    """Told the step and how much of it is done."""

    @property
    def traced(self) -> bool:
        """Whether the code is looked for."""
        return self.build is not None or bool(self.socket_traces)
