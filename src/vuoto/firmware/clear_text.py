"""Whether a package may connect without TLS, and to what.

Source: Android's documentation of `usesCleartextTraffic` and of the network security configuration: a configuration counts before
the manifest, from Android 7 (API 24) on; where neither says anything, packages for API 28 and later may not. The system enforces
it in its own libraries; a plain socket asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vuoto.facts.builds import ReadPackage
from vuoto.facts.packages import Package

MAX_TEXTS: Final = 100
"""Texts told for one package."""

CLEAR_SCHEMES: Final = ("http://", "ws://", "ftp://", "mqtt://", "tcp://", "udp://", "coap://")
"""Beginnings of URLs whose transport hides nothing, in lower case; capitals mean the same (RFC 3986, section 3.1)."""

_NOT_FORBIDDEN_UNTIL: Final = 28
# Names of vocabularies, which nobody connects to; tests and examples; the phone itself.
_NOBODY: Final = (
    "http://schemas.",
    "http://www.w3.org/",
    "http://xml",
    "http://ns.adobe.com/",
    "http://purl.org/",
    "http://java.sun.com/",
    "http://localhost",
    "http://127.",
    "http://www.apache.org/licenses",
)


def allows_clear_text(package: Package) -> bool:
    """Whether some connection without TLS is allowed."""
    rules = package.network_security
    if rules is not None:
        lasting = [rule for rule in rules if not rule.debug_only]
        if any(rule.cleartext for rule in lasting):
            return True
        base = next((rule for rule in lasting if not rule.hosts), None)
        if base is not None and base.cleartext is not None:
            return base.cleartext
        return (package.target_sdk or 0) < _NOT_FORBIDDEN_UNTIL
    if package.cleartext is not None:
        return package.cleartext
    return (package.target_sdk or 0) < _NOT_FORBIDDEN_UNTIL


def clear_text_texts(read: ReadPackage) -> tuple[str, ...]:
    """Addresses without TLS that code and resources name, code's first, sorted; at most `MAX_TEXTS`."""
    code = sorted({one.value for one in read.code.strings if one.kind == "url" and is_clear(one.value)} if read.code else ())
    rest = sorted(set(_elsewhere(read)) - set(code))
    return tuple([*code, *rest][:MAX_TEXTS])


def is_clear(text: str) -> bool:
    """Whether a text is an address of a scheme without TLS that somebody could connect to."""
    lower = text.lower()
    return lower.startswith(CLEAR_SCHEMES) and not lower.startswith(_NOBODY) and len(text) > len("http://")


def _elsewhere(read: ReadPackage) -> Iterator[str]:
    yield from (one.value for one in read.package.strings if is_clear(one.value))
    for library in read.package.native_libraries:
        yield from (text for text in library.strings if is_clear(text))
