"""Registrable domains, compared with the class of the package that ships the list."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicsuffixlist import PublicSuffixList

from vuoto.recipients import load_registers


@cache
def oracle() -> PublicSuffixList:
    return PublicSuffixList()


@cache
def suffixes() -> list[str]:
    raw = (files("publicsuffixlist") / "public_suffix_list.dat").read_text(encoding="utf-8")
    rules = [line.strip() for line in raw.splitlines() if line.strip() and not line.startswith("//")]
    return [rule.lstrip("!*.").encode("idna").decode() for rule in rules]


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("zzhc.vnet.cn", "vnet.cn"),
        ("vnet.cn", "vnet.cn"),
        ("a.b.com.cn", "b.com.cn"),
        ("com.cn", None),
        ("cn", None),
        ("alice.github.io", "alice.github.io"),
        ("x.alice.github.io", "alice.github.io"),
        ("github.io", None),
        ("a.b.example.test", "example.test"),
        ("a.b.ck", "a.b.ck"),
        ("b.ck", None),
        ("a.www.ck", "www.ck"),
        ("www.xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"),
    ],
)
def test_registrable_domain(host: str, domain: str | None) -> None:
    assert load_registers().registrable_domain(host) == domain


def test_agrees_with_the_class_on_every_rule() -> None:
    registers = load_registers()
    for suffix in suffixes():
        for host in (suffix, "a." + suffix, "b.a." + suffix, "c.b.a." + suffix):
            assert registers.registrable_domain(host) == oracle().privatesuffix(host), host


labels = st.sampled_from(
    ["a", "www", "com", "cn", "co", "uk", "ck", "kawasaki", "jp", "github", "io", "xn--55qx5d", "test", "xn--"]
)


@given(st.lists(labels, min_size=1, max_size=6).map(".".join))
def test_agrees_with_the_class_on_any_name(host: str) -> None:
    assert load_registers().registrable_domain(host) == oracle().privatesuffix(host)
