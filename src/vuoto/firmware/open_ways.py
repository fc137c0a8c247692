"""The ways on which what was read may leave where others can read along: the one reading that `show`, `scan` and the gate use.

A way and a host need not meet: code puts addresses together where nobody follows it. So a way by a URL counts where the package
names somebody whom it may reach without TLS. On a plain socket nobody sees whether TLS is put on top. A text message is in the
clear by what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal

from vuoto.facts.builds import ReadPackage
from vuoto.facts.code import DataPath
from vuoto.firmware.named_hosts import open_hosts

SOCKETS: Final = frozenset(("socket", "datagram"))
"""Channels that say nothing of TLS."""

MESSAGE: Final = "sms"
"""The channel that has none."""

Hidden = Literal["by-url", "not-followed", "never"]
"""What hides what is sent by a channel: TLS if the URL asks for it; perhaps TLS, which is not followed; nothing."""


def hidden(channel: str) -> Hidden:
    """What hides what is sent by a channel. All but sockets and messages are given a URL, MQTT's clients as well."""
    return "never" if channel == MESSAGE else "not-followed" if channel in SOCKETS else "by-url"


def strongest(paths: Iterable[DataPath]) -> Iterator[DataPath]:
    """Without ways that only the order of calls tells, where another way of the same kind by the same channel was followed."""
    paths = tuple(paths)
    followed = {(path.read.kind, path.send.channel) for path in paths if path.strength == "value"}
    return (path for path in paths if path.strength == "value" or (path.read.kind, path.send.channel) not in followed)


def open_ways(read: ReadPackage) -> list[DataPath]:
    """The ways of a package on which others can, or may, read along."""
    if read.code is None or not read.code.paths:
        return []
    by_url = bool(open_hosts(read))
    return [path for path in strongest(read.code.paths) if by_url or hidden(path.send.channel) != "by-url"]
