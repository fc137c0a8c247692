"""Network security configurations (`android:networkSecurityConfig`): clear text, trust anchors and pins, by host.

The reference is AOSP's XmlConfigSource. Rules are told as written: what a nested rule leaves unsaid comes from the one around it,
then from the base configuration, then from the platform (clear text denied from API 28 on, users' authorities from API 24 on).
"""

from __future__ import annotations

from typing import Final

from vuoto.facts.packages import TrustRule
from vuoto.firmware.packages.elements import Element, XmlDocument

MAX_RULES: Final = 10_000
"""Rules of one configuration; published ones have some hundred."""


def read_network_security(document: XmlDocument) -> tuple[TrustRule, ...]:
    """The rules of a configuration: base first, then domains in order, debug overrides last. Empty for another document."""
    elements = document.elements
    children = document.children()
    ranks = {"base-config": 0, "domain-config": 1, "debug-overrides": 2}
    found: list[tuple[int, int, TrustRule]] = []
    for i, e in enumerate(elements):
        if e.name in ranks and len(found) < MAX_RULES and _within(elements, e):
            found.append((ranks[e.name], i, _rule(elements, children, i)))
    return tuple(rule for _, _, rule in sorted(found, key=lambda f: f[:2]))


def _within(elements: list[Element], element: Element) -> bool:
    """Whether a rule stands where Android looks for it: below the root, or below another domain's rule."""
    parent = elements[element.parent].name if element.parent >= 0 else ""
    return parent == "network-security-config" or (element.name == parent == "domain-config")


def _rule(elements: list[Element], children: dict[int, list[int]], at: int) -> TrustRule:
    hosts: list[str] = []
    trust: list[str] = []
    pins: list[str] = []
    expire = None
    for i in children.get(at, ()):
        e = elements[i]
        inner = [elements[j] for j in children.get(i, ())]
        if e.name == "domain":
            below = "*." if e.get("includeSubdomains") == "true" else ""
            hosts.append(below + e.text.strip().lower())
        elif e.name == "trust-anchors":
            trust += [c.get("src") or "" for c in inner if c.name == "certificates"]
        elif e.name == "pin-set":
            expire = e.get("expiration")
            pins += [f"{p.get('digest') or ''}:{p.text.strip()}" for p in inner if p.name == "pin"]
    said = {"true": True, "false": False}.get(elements[at].get("cleartextTrafficPermitted") or "")
    return TrustRule(
        hosts=tuple(hosts),
        cleartext=said,
        trust=tuple(trust),
        pins=tuple(pins),
        pins_expire=expire,
        debug_only=elements[at].name == "debug-overrides",
    )
