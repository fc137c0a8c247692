"""Signatures that nobody computed: a certificate can be put into any package."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from firmware.comparing.devices import read
from vuoto.declarations import read_declaration
from vuoto.facts.builds import ReadBuild
from vuoto.firmware.gate import Question, judge

DECLARATION = read_declaration((Path(__file__).parent / "privacy.toml").read_bytes(), "privacy.toml")


def build(version: int, verification: str) -> ReadBuild:
    """One app, and another whose signature was verified or not; a build of one package alone would be a comparison of files."""
    found = read({"package": [{"name": "com.example.app", "version": version}, {"name": "com.example.other"}]})
    app, other = found.packages
    signers = tuple(replace(one, verification=verification) for one in app.package.signers)
    return replace(found, packages=(replace(app, package=replace(app.package, signers=signers)), other))


@pytest.mark.parametrize(
    ("version", "verification", "rules"),
    [
        (2, "not verified", ["unexpected-certificate"]),
        (1, "not verified", []),
        (2, "verified", []),
    ],
)
@pytest.mark.parametrize("key", ["TA-1046", "TA-1055"])
def test_a_changed_package_needs_a_signature_that_was_computed(
    version: int, verification: str, rules: list[str], key: str
) -> None:
    variant = next(one for one in DECLARATION.variants if one.key == key)
    question = Question(
        build=build(version, verification), declaration=DECLARATION, variant=variant, baseline=build(1, verification)
    )
    found = judge(question, (), date(2019, 2, 1)).findings
    assert [one.rule for one in found] == rules
    assert all(one.outcome == "undecided" and "was not computed" in one.because for one in found)


@pytest.mark.parametrize(
    ("key", "name", "outcome", "because"),
    [
        ("TA-1046", "com.example.new", "undecided", "it is new, and nobody signed it"),
        ("TA-1055", "com.example.app", "refused", "nobody signed it, and the declaration names who must"),
    ],
)
def test_that_nobody_signed_is_no_signer(key: str, name: str, outcome: str, because: str) -> None:
    variant = next(one for one in DECLARATION.variants if one.key == key)
    bare = read({"package": [{"name": name, "signer": ""}, {"name": "com.example.other"}]})
    question = Question(
        build=bare, declaration=DECLARATION, variant=variant, baseline=read({"package": [{"name": "com.example.other"}]})
    )
    found = judge(question, (), date(2019, 2, 1)).findings
    assert (outcome, because) in [(one.outcome, one.because) for one in found if one.package == name]


@pytest.mark.parametrize("key", ["TA-1046", "TA-1055"])
def test_a_signature_that_does_not_hold_is_told_once(key: str) -> None:
    variant = next(one for one in DECLARATION.variants if one.key == key)
    question = Question(build=build(2, "wrong"), declaration=DECLARATION, variant=variant, baseline=build(1, "verified"))
    (found,) = judge(question, (), date(2019, 2, 1)).findings
    assert (found.outcome, found.rule) == ("refused", "unexpected-certificate")
    assert found.because.startswith("its signature does not hold")


@pytest.mark.parametrize(
    ("key", "based", "said"), [("TA-1046", False, True), ("TA-1046", True, False), ("TA-1055", False, False)]
)
def test_that_nobody_says_who_may_sign_is_noted(key: str, based: bool, said: bool) -> None:
    variant = next(one for one in DECLARATION.variants if one.key == key)
    baseline = build(1, "verified") if based else None
    question = Question(build=build(1, "verified"), declaration=DECLARATION, variant=variant, baseline=baseline)
    (answer,) = (one for one in judge(question, (), date(2019, 2, 1)).rules if one.rule == "unexpected-certificate")
    assert (answer.note is not None and "only that signatures hold was asked" in answer.note) == said
