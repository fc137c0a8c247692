"""Rules of network security configurations, and elements that look like them where Android does not look."""

from __future__ import annotations

from firmware.packages.builders import Tag, make_axml
from vuoto.facts.packages import TrustRule
from vuoto.firmware.packages.axml import read_xml
from vuoto.firmware.packages.network_security import read_network_security


def domain(name: str, *, below: bool | None = None) -> Tag:
    return Tag("domain", {} if below is None else {"includeSubdomains": below}, [], name)


CONFIG = Tag(
    "network-security-config",
    {},
    [
        Tag(
            "domain-config",
            {"cleartextTrafficPermitted": True},
            [
                domain("Example.com", below=True),
                domain("example.net"),
                Tag("pin-set", {"expiration": "2030-01-01"}, [Tag("pin", {"digest": "SHA-256"}, [], "AAAA=")]),
                Tag("domain-config", {}, [domain("inner.example.com")]),
            ],
        ),
        Tag("debug-overrides", {}, [Tag("trust-anchors", {}, [Tag("certificates", {"src": "user"})])]),
        Tag(
            "base-config",
            {"cleartextTrafficPermitted": False},
            [Tag("trust-anchors", {}, [Tag("certificates", {"src": "system"})])],
        ),
    ],
)
RULES = (
    TrustRule(hosts=(), cleartext=False, trust=("system",)),
    TrustRule(hosts=("*.example.com", "example.net"), cleartext=True, pins=("SHA-256:AAAA=",), pins_expire="2030-01-01"),
    TrustRule(hosts=("inner.example.com",), cleartext=None),
    TrustRule(hosts=(), cleartext=None, trust=("user",), debug_only=True),
)


def test_rules_base_first_debug_last() -> None:
    assert read_network_security(read_xml(make_axml(CONFIG), "n")) == RULES


def test_plain_text_gives_the_same() -> None:
    text = b"""<network-security-config>
      <base-config cleartextTrafficPermitted="false"><trust-anchors><certificates src="system"/></trust-anchors></base-config>
    </network-security-config>"""
    assert read_network_security(read_xml(text, "n")) == RULES[:1]


def test_rules_elsewhere_do_not_count() -> None:
    other = Tag("resources", {}, [Tag("base-config", {"cleartextTrafficPermitted": True})])
    assert read_network_security(read_xml(make_axml(other), "n")) == ()
    nested = Tag(
        "network-security-config", {}, [Tag("base-config", {}, [Tag("base-config", {"cleartextTrafficPermitted": True})])]
    )
    assert [r.cleartext for r in read_network_security(read_xml(make_axml(nested), "n"))] == [None]
