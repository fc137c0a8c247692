"""What joins the rows of several conversations and inputs."""

from __future__ import annotations

import io
import json

import pytest

from audit.scenarios import IMEI
from audit.test_scenarios import registers, spool
from vuoto.audit import Question, Source, audit


def entry(scheme: str) -> dict[str, object]:
    request = {"method": "GET", "url": f"{scheme}://api.example.com/t?imei={IMEI}", "headers": [], "httpVersion": "HTTP/1.1"}
    return {"startedDateTime": "2019-02-20T09:00:00Z", "request": request, "response": {}}


@pytest.mark.parametrize("schemes", [("https", "http"), ("http", "https")])
def test_a_row_shows_the_weakest_protection_of_those_counted(schemes: tuple[str, ...]) -> None:
    har = json.dumps({"log": {"version": "1.2", "entries": [entry(scheme) for scheme in schemes]}}).encode()
    document = audit([Source("two.har", io.BytesIO(har))], Question(registers=registers(), spool=spool))
    (row,) = (d for d in document.disclosures if d.kind == "imei")
    assert (row.count, row.protection) == (2, "none")


def test_two_inputs_count_on_one_row() -> None:
    har = json.dumps({"log": {"version": "1.2", "entries": [entry("http")]}}).encode()
    sources = [Source(name, io.BytesIO(har)) for name in ("a.har", "b.har")]
    document = audit(sources, Question(registers=registers(), spool=spool))
    (row,) = (d for d in document.disclosures if d.kind == "imei")
    assert row.count == 2
    assert [i.name for i in document.inputs] == ["a.har", "b.har"]
