"""The tool that writes the reference pages: the schema describes the facts, and a stale page is noticed."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest

import build_reference
from vuoto.facts.disclosures import Disclosure, Evidence
from vuoto.facts.document import AuditDocument
from vuoto.facts.flows import Flow
from vuoto.facts.vocabulary import KINDS

SCHEMA = json.loads(build_reference.schema())


@pytest.mark.parametrize("fact", [Disclosure, Evidence, Flow])
def test_every_field_is_described_and_required(fact: type) -> None:
    drawn = SCHEMA["$defs"][fact.__name__]
    names = {f.name for f in fields(fact)}
    assert set(drawn["properties"]) == names
    assert set(drawn["required"]) == names
    # A field of a fact's own type carries that type's description instead.
    assert all("description" in said or "$ref" in said for said in drawn["properties"].values())


def test_the_document_and_its_exceptions() -> None:
    assert set(SCHEMA["required"]) == {f.name for f in fields(AuditDocument)}
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["properties"]["schema"]["const"] == "vuoto.audit/1"
    assert "class" in SCHEMA["$defs"]["Origin"]["required"]
    assert "class_" not in SCHEMA["$defs"]["Origin"]["properties"]
    assert set(SCHEMA["$defs"]["Disclosure"]["properties"]["certainty"]["enum"]) == {"known", "validated", "likely", "possible"}


def test_every_kind_has_a_line() -> None:
    text = build_reference.kinds()
    assert all(f"| `{kind}` |" in text for kind in KINDS)


def test_a_page_for_each_folder_of_plugins() -> None:
    pages = build_reference.plugin_pages()
    assert "`format`: sarif" in pages["reports-renderers.md"]
    assert "## json" in pages["reports-renderers.md"]


def test_a_stale_missing_or_left_over_page_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build_reference, "TARGET", tmp_path)
    assert build_reference.main([]) == 0
    assert build_reference.main(["--check"]) == 0
    (tmp_path / "kinds.md").write_text("old")
    (tmp_path / "gone.md").write_text(f"{build_reference.NOTE}\n")
    (tmp_path / "by-hand.md").write_text("ours to keep")
    capsys.readouterr()
    assert build_reference.main(["--check"]) == 1
    said = capsys.readouterr().err
    assert "kinds.md is stale" in said
    assert "gone.md is stale" in said
    assert "by-hand" not in said
    assert build_reference.main([]) == 0
    assert sorted(p.name for p in tmp_path.iterdir() if p.name in ("gone.md", "by-hand.md")) == ["by-hand.md"]
