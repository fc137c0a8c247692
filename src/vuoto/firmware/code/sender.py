"""The plug-in type of ways to send: the calls behind which data leaves the process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class SendCall(NamedTuple):
    """Methods that send, or that open what is sent through."""

    channel: str
    """`http`, `socket`, `datagram`, `web-view`, `sms`, `download`, `mqtt`."""

    owner: str
    """Pattern that must match the whole descriptor of the class that is called."""

    names: tuple[str, ...]
    """Names of the methods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """One family. Exported as `SENDER` by one file of `code/senders`."""

    name: str
    """Short name."""

    documented: str
    """Where these calls are described."""

    calls: tuple[SendCall, ...]
