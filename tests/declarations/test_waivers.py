"""Waivers are read strictly: every mistake at once, with what would be right."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vuoto.declarations import read_declaration, read_waivers
from vuoto.errors import InputError

RULES = ("boot-trigger", "undeclared-host", "unread-code")
WHOLE = b"""schema = "vuoto.waivers/1"

[[waiver]]
rule = "undeclared-host"
host = "ads.example.org"
owner = "Privacy"
reason = "Being declared"
expires = 2019-02-01

[[waiver]]
rule = "boot-trigger"
package = "com.example.app"
owner = "Release"
reason = "Shows the alarm"
expires = 2019-06-30
"""


def test_what_is_read() -> None:
    first, second = read_waivers(WHOLE, "waivers.toml", RULES)
    assert (first.number, first.rule, first.package, first.subject) == (1, "undeclared-host", None, "ads.example.org")
    assert (second.number, second.package, second.subject, second.expires) == (2, "com.example.app", None, date(2019, 6, 30))
    assert read_waivers(b'schema = "vuoto.waivers/1"', "waivers.toml", RULES) == ()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b"boot-trigger", b"boot-triger", 'waiver[1].rule: "boot-triger" is not a rule; did you mean "boot-trigger"?'),
        (b'owner = "Release"\n', b"", "waiver[1].owner: is missing"),
        (b'reason = "Shows the alarm"\n', b'reason = " "\n', "waiver[1].reason: is blank"),
        (b"expires = 2019-06-30\n", b"", "waiver[1].expires: is missing"),
        (b"2019-06-30", b'"2019-06-30"', "is not a day"),
        (b'owner = "Release"', b'ownr = "Release"', 'did you mean "owner"?'),
        (b'package = "com.example.app"\n', b"", "waiver[1].package: is missing"),
        (b'host = "ads', b'identifier = "imsi"\nhost = "ads', "host and identifier say two things"),
        (b"waivers/1", b"waivers/2", "another version"),
        (b'[[waiver]]\nrule = "boot', b'[waivers]\nrule = "boot', 'did you mean "waiver"?'),
    ],
)
def test_a_mistake_is_told_with_what_would_be_right(old: bytes, new: bytes, says: str) -> None:
    assert old in WHOLE
    with pytest.raises(InputError) as caught:
        read_waivers(WHOLE.replace(old, new, 1), "waivers.toml", RULES)
    assert says in str(caught.value)
    assert str(caught.value).startswith("waivers.toml: the file of waivers has ")


def test_a_waiver_that_is_no_list_of_tables() -> None:
    for text in (b'schema = "vuoto.waivers/1"\nwaiver = 3', b'schema = "vuoto.waivers/1"\nwaiver = [3]'):
        with pytest.raises(InputError, match="table"):
            read_waivers(text, "waivers.toml", RULES)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.binary(max_size=6))
def test_any_damage_gives_waivers_or_a_clear_error(at: int, bytes_: bytes) -> None:
    said = ""
    try:
        found = read_waivers(WHOLE[:at] + bytes_ + WHOLE[at + len(bytes_) :], "waivers.toml", RULES)
    except InputError as error:
        said = str(error)
    else:
        assert all(one.owner and one.rule in RULES for one in found)
    assert all(c.isprintable() or c == "\n" for c in said)


VARIANT = b"""schema = "vuoto.declaration/1"
version = "1"
[controller]
name = "Example Mobile Oy"
country = "FI"
contact = "privacy@example.test"
[variants.TA-1046]
models = ["Nokia 7 plus", "onyx_00ww"]
packages = ["com.example.app"]
[variants.TA-1046.certificates]
"com.example.app" = ["AB:CD"]
"*" = ["abcd"]
"""


def test_variants_say_models_packages_and_certificates() -> None:
    text = VARIANT.replace(b"AB:CD", b":".join([b"AB"] * 32)).replace(b"abcd", b"cd" * 32)
    (variant,) = read_declaration(text, "own.toml").variants
    assert (variant.models, variant.packages) == (("Nokia 7 plus", "onyx_00ww"), ("com.example.app",))
    assert variant.certificates == (("*", ("cd" * 32,)), ("com.example.app", ("ab" * 32,)))


def test_mistakes_in_variants_are_told() -> None:
    text = VARIANT.replace(b'"*"', b'"com.*.app"').replace(b'"com.example.app"]', b'"no package"]').replace(b"models", b"modells")
    with pytest.raises(InputError) as caught:
        read_declaration(text, "own.toml")
    for says in (
        'variants.TA-1046.modells: unknown key; did you mean "models"?',
        'variants.TA-1046.packages[0]: "no package" is not a package name',
        'variants.TA-1046.certificates."com.*.app": is not the name of a package',
        '"abcd" is not a SHA-256 digest',
    ):
        assert says in str(caught.value)
