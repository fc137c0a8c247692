from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from reports import documents
from vuoto.facts.document import AuditDocument
from vuoto.facts.problems import Problem
from vuoto.facts.recipients import Address
from vuoto.reports import RENDERERS, redact, render


def telling() -> AuditDocument:
    """The incident revealed, with values and home addresses wherever a sentence may hold them."""
    base = documents.incident(reveal=True)
    home = replace(
        documents.ZZHC, id="r-home", host="annas-printer.local", registrable_domain=None, local=True, country=None, countries=(),
        addresses=(Address(ip="192.168.1.40", asn=None, as_name=None, as_country=None, registry_country=None, sources=()),),
    )  # fmt: skip
    rows = (
        replace(base.disclosures[0], field=f"request path › /imei/{documents.IMEI}", certainty_why=f"{documents.IMEI} passes"),
        *base.disclosures[1:],
        replace(documents.disclosure("ssid", "Annas WLAN", "ssid", reveal=True), certainty_why="'Annas WLAN' is the profile's"),
    )
    return replace(
        base,
        disclosures=rows,
        recipients=(*base.recipients, home),
        flows=(
            *base.flows,
            documents.flow(
                99, "annas-printer.local", "192.168.1.40:631", protection="none", device_side="client", app="org.example.print"
            ),
        ),
        verdicts=tuple(
            replace(v, because=(*v.because, f"192.168.1.23 sent {documents.IMEI} to annas-printer.local.")) for v in base.verdicts
        ),
        problems=(Problem(where="flow 192.168.1.23:40000", what=f"contradicts itself about {documents.IMEI}", next_step=None),),
    )


SECRETS = (
    *(v for _, v, n in documents.VALUES if n not in ("MODEL", "SWVER")),
    "192.168.1.23",
    "192.168.1.40",
    "annas",
    "Annas",
    "Nokia 7 plus",
)


@pytest.mark.parametrize("form", sorted(RENDERERS))
def test_no_secret_is_left_in_any_format(form: str) -> None:
    before, after = render(telling(), form).decode(), render(redact(telling()), form).decode()
    assert [s for s in SECRETS if s in before], "the document must hold what is to be removed"
    assert [s for s in SECRETS if s in after] == []
    assert documents.IMEI.encode().hex() not in after


def test_no_digit_of_a_value_and_no_excerpt_is_left() -> None:
    after = redact(telling())
    assert {d.value for d in after.disclosures} == {"•••"}
    assert all(not layer.excerpt for d in after.disclosures for layer in d.evidence.layers)
    assert all("001017" not in text for d in after.disclosures for text in (d.field, d.certainty_why))


def test_ids_recipients_apps_and_verdicts_stay() -> None:
    before, after = telling(), redact(telling())
    assert [d.id for d in after.disclosures] == [d.id for d in before.disclosures]
    assert [f.id for f in after.flows] == [f.id for f in before.flows]
    assert [v.outcome for v in after.verdicts] == [v.outcome for v in before.verdicts]
    assert after.recipients[0] == before.recipients[0]
    assert after.flows[-1].app == "org.example.print"
    assert [i.sha256 for i in after.inputs] == [i.sha256 for i in before.inputs]
    assert after.summary.sentences[0] == before.summary.sentences[0]


def test_names_of_inputs_are_counted() -> None:
    base = documents.incident()
    names = ("Anna Virtanen phone.pcapng.gz", "capture-1.pcap", "-", "x")
    inputs = tuple(replace(base.inputs[0], name=name) for name in names)
    problem = Problem(where="Anna Virtanen phone.pcapng.gz, frame 7", what="capture-1.pcap is cut off; x is one", next_step=None)
    after = redact(replace(base, inputs=inputs, problems=(problem,)))
    assert [i.name for i in after.inputs] == ["capture-1.pcapng.gz", "capture-2.pcap", "capture-3", "capture-4"]
    assert after.problems[0].where == "capture-1.pcapng.gz, frame 7"
    assert after.problems[0].what == "capture-2.pcap is cut off; x is one"


def test_the_home_network_is_gone() -> None:
    after = redact(telling())
    assert after.device.addresses == ()
    assert all(f.client is None for f in after.flows)
    assert all(f.community_id is None for f in after.flows), "a Community ID is a hash of addresses that can be tried"
    home = after.recipients[-1]
    assert (home.host, home.addresses) == ("local host 1", ())
    assert after.flows[-1].host == "local host 1"
    assert after.flows[-1].server is None
    assert after.flows[0].server == "42.99.2.15:80"


def test_the_device_as_server_is_hidden_and_the_caller_is_not() -> None:
    base = documents.incident()
    served = replace(base.flows[0], device_side="server", client="42.99.2.15:5000", server="192.168.1.23:80")
    after = redact(replace(base, flows=(served,))).flows[0]
    assert (after.client, after.server) == ("42.99.2.15:5000", None)


@pytest.mark.parametrize(
    "build", [telling, documents.empty, documents.hostile, documents.three_recipients], ids=lambda b: b.__name__
)
def test_redacting_twice_changes_nothing(build: Callable[[], AuditDocument]) -> None:
    once = redact(build())
    assert redact(once) == once


def test_an_everyday_word_that_is_a_short_value_stays_in_other_sentences() -> None:
    base = documents.incident()
    row = replace(base.disclosures[0], value="on")
    after = redact(replace(base, disclosures=(row,)))
    assert after.summary.sentences == base.summary.sentences


def test_dates_hosts_and_clauses_stay_readable() -> None:
    after = redact(documents.incident())
    assert "2019-02-20" in after.verdicts[0].because[1]
    assert after.problems[0].where == "capture-1.pcapng, frame 2913"
