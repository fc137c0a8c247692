"""Whether a package may connect without TLS, and to what.

Source: Android's documentation of `usesCleartextTraffic` and of the network security configuration (AOSP,
android.security.net.config.ManifestConfigSource): a configuration counts before the manifest, from Android 7 (API 24) on; where
neither says anything, packages for API 28 and later may not. The system enforces it in its own libraries for HTTP and FTP; a
plain socket asks nobody, and neither do clients of other protocols that stand on one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Protocol

from vuoto.facts.packages import TrustRule

_ENFORCED: Final = ("http://", "ws://", "ftp://")
"""What the system's libraries, and OkHttp by asking them, hold to the package's settings."""

_UNASKED: Final = ("mqtt://", "tcp://", "udp://", "coap://")
"""What goes over sockets that ask nobody."""

CLEAR_SCHEMES: Final = (*_ENFORCED, *_UNASKED)
"""Beginnings of URLs whose transport hides nothing, in lower case; capitals mean the same (RFC 3986, section 3.1)."""

CLEAR_TEXT_UNTIL: Final = 27
"""The highest target API level at which clear text is allowed unless the package forbids it (Android 9's change of behaviour)."""


class Settings(Protocol):
    """What of a package says whether it may: `Package`, or fewer of its fields."""

    @property
    def target_sdk(self) -> int | None:
        """The API level it was made for."""
        ...

    @property
    def cleartext(self) -> bool | None:
        """What the manifest says."""
        ...

    @property
    def network_security(self) -> tuple[TrustRule, ...] | None:
        """Its configuration."""
        ...


def is_clear(url: str) -> bool:
    """Whether a URL has a scheme without TLS, and something behind it."""
    lower = url[:16].lower()
    return any(lower.startswith(scheme) and len(url) > len(scheme) for scheme in CLEAR_SCHEMES)


def may_connect(package: Settings, url: str, host: str | None = None) -> bool:
    """Whether nothing holds the package back from a connection to a URL for which `is_clear` is true."""
    return url[:16].lower().startswith(_UNASKED) or clear_text_allowed(package, host)


def clear_text_allowed(package: Settings, host: str | None = None) -> bool:
    """Whether Android lets the package's own HTTP stack send to `host` (or to just any) without TLS.

    By the package's network security configuration, else `usesCleartextTraffic`, else its target API level.
    """
    if package.network_security is not None:
        rules = [rule for rule in package.network_security if not rule.debug_only]
        said = _most_exact(rules, host) if host else None
        if said is None:
            said = next((rule.cleartext for rule in rules if not rule.hosts and rule.cleartext is not None), None)
        if said is not None:
            return said
    elif package.cleartext is not None:
        return package.cleartext
    return package.target_sdk is None or package.target_sdk <= CLEAR_TEXT_UNTIL


def _most_exact(rules: Iterable[TrustRule], host: str) -> bool | None:
    found = [
        (len(name), rule.cleartext)
        for rule in rules
        if rule.cleartext is not None
        for name in rule.hosts
        if host == name.removeprefix("*.") or (name.startswith("*.") and host.endswith(name[1:]))
    ]
    return max(found)[1] if found else None
