"""The plug-in type of sources of identifiers: the calls, fields, keys and texts by which code asks for personal data.

An owner is a regular expression that must match the whole descriptor of the class that is called, so that a phone maker's own
variants of a system class are met as well; a class of the package itself counts when one of its ancestors matches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Call(NamedTuple):
    """A method whose result is the identifier."""

    kind: str
    """The contract's word."""

    owner: str
    """Pattern of the class."""

    names: tuple[str, ...]
    """Names of the methods."""


class KeyedCall(NamedTuple):
    """A method that gives what its constant argument names: `Settings.Secure.getString(resolver, "android_id")`."""

    owner: str
    """Pattern of the class."""

    names: tuple[str, ...]
    """Names of the methods."""

    argument: int
    """Which declared parameter is the key, from 0."""

    keys: tuple[tuple[str, str], ...]
    """Kind and the pattern that the whole key must match, the first that fits."""


class FieldRead(NamedTuple):
    """A field of a system class that holds the identifier."""

    kind: str
    """The contract's word."""

    owner: str
    """Descriptor of the class."""

    names: tuple[str, ...]
    """Names of the fields."""


class Text(NamedTuple):
    """A constant that names the place where an identifier is kept, whatever call it is given to."""

    kind: str
    """The contract's word."""

    begins: tuple[str, ...]
    """What the text begins with, one of these; asked before the pattern, as most texts are none of them."""

    pattern: str
    """Must match the whole text."""

    why: str
    """What the text is: `a file of the kernel that holds the address of a network interface`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierSource:
    """One family. Exported as `SOURCE` by one file of `code/identifier_sources`."""

    name: str
    """Short name: `telephony device`."""

    documented: str
    """Where what these calls give is written."""

    limitations: str
    """What the presence of such a call does not tell."""

    calls: tuple[Call, ...] = ()
    keyed: tuple[KeyedCall, ...] = ()
    fields: tuple[FieldRead, ...] = ()
    texts: tuple[Text, ...] = ()
