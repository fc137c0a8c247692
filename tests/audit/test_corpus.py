"""All public captures beside the project through the whole house: no crash, and no identifier that is not there."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path
from typing import BinaryIO, Final, cast

import pytest

from vuoto.audit import Question, Source, audit
from vuoto.errors import InputError
from vuoto.facts.document import AuditDocument
from vuoto.recipients import Registers, load_registers
from vuoto.reports import RENDERERS, render

CORPUS: Final = Path(os.environ.get("VUOTO_CORPUS") or Path(__file__).resolve().parents[3] / "shared" / "corpus")
SHARDS: Final = 16

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the public captures (VUOTO_CORPUS) are not on this machine"),
]

CHECKED: Final = {"imei", "imeisv", "meid", "imsi", "iccid", "msisdn", "serial_number", "mac_address", "bssid", "phone_number"}
"""Kinds that nobody's public capture may show by mistake; each one that is truly there is named in `THERE`."""

THERE: Final = {("1kxun.pcap", "mac_address"), ("fuzz-2020-02-16-11740.pcap", "imsi")}


@cache
def registers() -> Registers:
    return load_registers()


def spool() -> BinaryIO:
    return cast("BinaryIO", tempfile.TemporaryFile())


def read(path: Path) -> AuditDocument:
    with path.open("rb", buffering=0) as stream:
        return audit([Source(path.name, cast("BinaryIO", stream))], Question(registers=registers(), spool=spool, reveal=True))


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_capture_gives_a_document_or_one_clear_error(shard: int) -> None:
    files = sorted(path for path in CORPUS.rglob("*") if path.is_file() and path.name != "README.md")
    assert len(files) > 800
    refused: dict[str, str | None] = {}
    for path in files[shard::SHARDS]:
        try:
            document = read(path)
        except InputError as error:
            refused[path.name] = error.next_step
            continue
        for form in RENDERERS:
            render(document, form)
        wrong = {
            (path.name, d.kind, d.value)
            for d in document.disclosures
            if d.certainty != "possible"
            and d.kind in CHECKED
            and not any(path.name.endswith(n) and d.kind == k for n, k in THERE)
        }
        assert not wrong
    assert all(refused.values())
    assert all(Path(name).suffix in {".mitm", ".har", ".txt"} for name in refused)


def found(name: str) -> set[tuple[str, str]]:
    path = next(CORPUS.rglob(name))
    return {(d.kind, d.certainty) for d in read(path).disclosures if d.certainty != "possible"}


def test_real_identifiers_in_clear_text_are_found() -> None:
    assert {("android_id", "validated"), ("advertising_id", "validated")} <= found("*1kxun.pcap")
    assert ("advertising_id", "validated") in found("*first-run.har")


@pytest.mark.parametrize("name", ["*mining.pcapng", "*xiaomi.pcap"])
def test_look_alikes_are_not(name: str) -> None:
    assert not {kind for kind, _ in found(name)} & {*CHECKED, "android_id", "advertising_id", "installation_id"}
