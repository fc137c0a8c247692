from __future__ import annotations

from dataclasses import replace

import pytest

from reports import documents
from vuoto.facts.document import Summary
from vuoto.facts.recipients import CountryClaim
from vuoto.facts.vocabulary import Outcome, Question
from vuoto.reports import summarise
from vuoto.reports.sentences import MOST_SENTENCES, paragraphs


def summary(*, declared: bool = True, **changes: object) -> Summary:
    base = documents.incident()
    given = {
        "disclosures": base.disclosures,
        "recipients": base.recipients,
        "verdicts": base.verdicts,
        "flows": base.flows,
        "claims": documents.CLAIMS,
        **changes,
    }
    return summarise(declaration_given=declared, **given)  # type: ignore[arg-type]


def test_the_incident_reads_as_the_newspaper_would_print_it() -> None:
    assert documents.incident().summary.sentences == (
        (
            "IMEI, ICCID, IMSI, Wi-Fi MAC address and cell id left this phone unencrypted, 3 times, to zzhc.vnet.cn "
            "(42.99.2.15, China Telecom's network, China)."
        ),
        "The media type claims encryption; there is none.",
        "No declared recipient; no adequacy decision for China on 2019-02-20; no declared basis found.",
        "14 conversations with 9 hosts were encrypted and could not be read; they are listed.",
    )
    assert documents.incident().summary.highest == "high"


def test_counts_leave_out_what_is_only_possible() -> None:
    base = documents.incident()
    rows = (replace(base.disclosures[0], certainty="possible", id="p"), *base.disclosures[1:])
    counted = summary(disclosures=rows)
    assert counted.kinds["imei"] == 1
    assert counted.certainty == {"known": 7, "possible": 1}
    assert counted.protection == {"none": 7}
    assert counted.outcome == {"no-declared-basis": 1, "undecided": 1, "undeclared": 1, "unprotected": 1}
    assert "1 more value only looks like personal data; it is listed as possible." in counted.sentences


@pytest.mark.parametrize(
    ("registered", "operator"), [("China Telecom (Group)", None), ("Chinanet", "China Telecom"), (None, "China Telecom")]
)
def test_the_operator_of_a_network_is_named_not_its_brand(registered: str | None, operator: str | None) -> None:
    address = replace(documents.ZZHC.addresses[0], as_name=registered, operator=operator)
    said = summary(recipients=(replace(documents.ZZHC, addresses=(address,)),)).sentences[0]
    assert said.endswith("to zzhc.vnet.cn (42.99.2.15, China Telecom's network, China).")


def test_an_assumed_law_is_said_to_be_assumed() -> None:
    verdicts = documents.incident().verdicts
    assumed = tuple(replace(v, notes=("law-assumed",)) if v.question == "transfer" else v for v in verdicts)
    assert any(s.endswith("; no declared basis found; EU law is assumed to apply.") for s in summary(verdicts=assumed).sentences)
    assert not any("assumed" in s for s in summary().sentences)


def test_another_network_keeps_its_own_name() -> None:
    address = replace(documents.ZZHC.addresses[0], as_name="Example Networks")
    said = summary(recipients=(replace(documents.ZZHC, addresses=(address,)),)).sentences[0]
    assert "Example Networks' network" in said
    assert "China Telecom" not in said


def test_no_lie_is_told_of_a_media_type_that_told_none() -> None:
    assert not any("media type" in s for s in summary(claims=()).sentences)
    assert not any("media type" in s for s in summary(claims=(("r-other", "application/encrypted-json"),)).sentences)


def test_a_media_type_that_claims_encryption_over_tls_is_no_lie() -> None:
    rows = tuple(replace(d, protection="tls1.3") for d in documents.incident().disclosures)
    assert not any("media type" in s for s in summary(disclosures=rows).sentences)


def test_encrypted_data_is_not_said_to_have_left_unencrypted() -> None:
    rows = tuple(replace(d, protection="tls1.3") for d in documents.incident().disclosures)
    first = summary(disclosures=rows).sentences[0]
    assert "encrypted on the way (TLS 1.3)" in first
    assert "unencrypted" not in first


def test_different_counts_are_not_made_one() -> None:
    base = documents.incident()
    rows = (replace(base.disclosures[0], count=5), *base.disclosures[1:])
    assert "unencrypted, up to 5 times each, to" in summary(disclosures=rows).sentences[0]
    once = tuple(replace(d, count=1, times=d.times[:1]) for d in base.disclosures)
    assert "unencrypted, once, to" in summary(disclosures=once).sentences[0]


def test_technical_data_alone_is_said_without_alarm() -> None:
    rows = tuple(d for d in documents.incident().disclosures if d.kind == "device_model")
    said = summary(disclosures=rows, verdicts=())
    assert said.sentences[0].startswith("Device model left this phone")
    assert said.highest == "low"


def test_encrypted_only_says_what_could_not_be_read() -> None:
    said = documents.encrypted_only().summary
    assert "14 conversations with 9 hosts were encrypted and could not be read; they are listed." in said.sentences
    assert any("not proof of absence" in s for s in said.sentences)
    assert said.highest == "none"


def test_nothing_found_says_what_was_looked_at() -> None:
    said = documents.empty().summary
    assert said.sentences[0] == "No personal data was found in the 5 conversations, all of which could be searched."
    assert "not proof of absence" in said.sentences[1]
    assert not any("encrypted and could not be read" in s for s in said.sentences)


@pytest.mark.parametrize(
    ("clear", "shut", "unknown", "says"),
    [
        (1, 0, 0, " in the only conversation, which could be searched."),
        (0, 1, 0, ": the only conversation could not be read."),
        (0, 2, 1, ": none of the 3 conversations could be read."),
        (2, 1, 0, " in the 2 of 3 conversations that could be searched."),
    ],
)
def test_nothing_found_says_how_much_could_be_searched(clear: int, shut: int, unknown: int, says: str) -> None:
    flows = [documents.flow(n, "a.example.org", "203.0.113.9:80", protection="none") for n in range(clear)]
    flows += [documents.flow(10 + n, "b.example.org", "203.0.113.8:443") for n in range(shut)]
    why = "not recognised"
    flows += [documents.flow(20 + n, None, "203.0.113.7:9", protection="unknown", why_not_decrypted=why) for n in range(unknown)]
    said = summary(disclosures=(), recipients=(), verdicts=(), flows=flows).sentences
    assert said[0] == f"No personal data was found{says}"


@pytest.mark.parametrize(
    ("times", "says"),
    [
        ((("2019-02-20T06:00:00Z",), ("2019-02-20T07:00:00Z",)), "unencrypted, twice, to"),
        ((("2019-02-20T06:00:00Z",), ("2019-02-20T06:00:00Z",)), "unencrypted, once, to"),
        (((), ()), "unencrypted, once, to"),
    ],
)
def test_two_values_of_a_kind_went_twice_unless_one_message_held_both(times: tuple[tuple[str, ...], ...], says: str) -> None:
    row = documents.incident().disclosures[0]
    rows = [replace(row, id=f"d{n}", value=f"00101701234560{n}", times=at, count=1) for n, at in enumerate(times)]
    assert says in summary(disclosures=rows).sentences[0]


def test_more_is_said_only_after_something() -> None:
    unknown = documents.flow(1, None, "203.0.113.7:9", protection="unknown", why_not_decrypted="not recognised")
    alone = summary(disclosures=(), recipients=(), verdicts=(), flows=[unknown]).sentences
    assert "1 conversation could not be read as a known protocol; it is listed with the reason." in alone
    beside = summary(flows=[unknown, *documents.incident().flows]).sentences
    assert "1 more conversation could not be read as a known protocol; it is listed with the reason." in beside
    possible = [replace(documents.incident().disclosures[0], certainty="possible")]
    assert "1 value only looks like personal data; it is listed as possible." in summary(disclosures=possible).sentences


def test_nothing_given_says_so() -> None:
    assert summary(disclosures=(), recipients=(), verdicts=(), flows=()).sentences == (
        "No conversation was found in what was given, so nothing could be searched.",
    )


def test_missing_bytes_are_said() -> None:
    flows = (replace(documents.incident().flows[0], gaps=12),)
    assert "Bytes are missing from 1 conversation; what stood there is not known." in summary(flows=flows).sentences


def test_worst_first_and_the_registers_that_disagree() -> None:
    said = documents.three_recipients().summary.sentences
    places = [
        next(i for i, s in enumerate(said) if host in s) for host in ("zzhc.vnet.cn", "t.tracker.example.com", "mail.example.net")
    ]
    assert places == sorted(places)
    assert "registers disagree: Ireland or United States" in said[places[2]]
    assert "The recipient is declared; an adequacy decision for the United States was in force on 2019-02-20." in said


def test_only_so_many_sentences() -> None:
    said = documents.huge().summary.sentences
    assert len(said) <= MOST_SENTENCES + 3
    assert any(s.endswith("more recipients got data from this phone; all are listed.") for s in said)


def test_a_host_on_the_own_network_is_no_recipient_outside() -> None:
    who = replace(documents.ZZHC, local=True, host="printer.local", countries=(), country=None)
    said = summary(recipients=(who,), verdicts=())
    assert "nobody outside is known to have received it" in " ".join(said.sentences)
    assert said.highest == "low"


@pytest.mark.parametrize(
    ("question", "outcome", "words"),
    [
        ("transfer", "within-eea", "no third country was found to be involved"),
        ("transfer", "undecided", "whether the transfer had a basis on 2019-02-20 is undecided"),
        ("transfer", "declared-safeguard", "a safeguard is declared for the transfer on 2019-02-20"),
        ("transfer", "declared-derogation", "a derogation is declared for the transfer on 2019-02-20"),
        ("transparency", "declared", "the recipient is declared"),
    ],
)
def test_each_outcome_has_its_words(question: Question, outcome: Outcome, words: str) -> None:
    said = summary(verdicts=(documents.verdict("r-zzhc", question, outcome, because=(), article=""),))
    assert any(words in s.lower() for s in said.sentences)
    assert not any("no declared basis" in s for s in said.sentences)


def test_a_decision_that_covers_only_some_is_not_said_to_cover_this_one() -> None:
    told = documents.verdict("r-zzhc", "transfer", "adequate", because=(), article="")
    open_ = replace(told, notes=("cover-unproven",))
    words = "that it covers the recipient is declared, not proven"
    assert any(words in s for s in summary(verdicts=(open_,)).sentences)
    assert not any(words in s for s in summary(verdicts=(told,)).sentences)


def test_what_is_open_of_a_decision_for_some_is_whether_it_covers_this_one() -> None:
    told = documents.verdict("r-zzhc", "transfer", "undecided", because=(), article="")
    open_ = replace(told, notes=("cover-unproven",))
    words = "n adequacy decision for China was in force on 2019-02-20; whether it covers the recipient is undecided"
    assert any(words in s for s in summary(verdicts=(open_,)).sentences)
    assert not any(words in s for s in summary(verdicts=(told,)).sentences)
    assert not any(words in s for s in summary(verdicts=(open_, replace(told, id="another day"))).sentences)


def test_of_recipients_that_got_the_same_the_one_with_less_of_a_basis_is_told_first() -> None:
    base = documents.incident()
    hosts = {"within-eea": "a.example.org", "adequate": "b.example.org", "undecided": "c.example.org"}
    recipients = tuple(replace(documents.ZZHC, id=host, host=host) for host in hosts.values())
    rows = tuple(replace(base.disclosures[0], id=f"d-{host}", recipient=host) for host in hosts.values())
    verdicts = [
        replace(documents.verdict("r-zzhc", "transfer", outcome, because=(), article=""), recipient=host)  # type: ignore[arg-type]
        for outcome, host in hosts.items()
    ]
    said = " ".join(summary(recipients=recipients, disclosures=rows, verdicts=verdicts, claims=()).sentences)
    places = [said.index(host) for host in hosts.values()]
    assert places == sorted(places, reverse=True)


def test_an_unknown_day_is_not_named() -> None:
    told = replace(documents.verdict("r-zzhc", "transfer", "no-declared-basis", because=(), article=""), as_of="unknown")
    assert "No adequacy decision for China; no declared basis found." in summary(declared=True, verdicts=(told,)).sentences


def test_several_days_are_counted() -> None:
    told = documents.verdict("r-zzhc", "transfer", "no-declared-basis", because=(), article="")
    later = replace(told, as_of="2021-01-01", id="v2")
    said = " ".join(summary(verdicts=(told, later)).sentences)
    assert "on 2019-02-20 and 1 later day" in said


def test_a_declared_recipient_that_gets_more_is_not_called_undeclared() -> None:
    told = documents.verdict("r-zzhc", "transparency", "undeclared", because=(), article="")
    who = replace(documents.ZZHC, countries=(CountryClaim(country="CN", register="declaration"),))
    said = " ".join(summary(recipients=(who,), verdicts=(told,)).sentences)
    assert "The recipient is declared, but not for IMEI" in said
    assert "No declared recipient" not in said


def test_without_a_declaration_nothing_is_called_undeclared() -> None:
    said = " ".join(summary(declared=False).sentences)
    assert "No declaration was given to compare with" in said
    assert "No declared recipient" not in said


def test_paragraphs_keep_every_sentence_in_order() -> None:
    for document in (documents.incident(), documents.three_recipients(), documents.empty(), documents.encrypted_only()):
        groups = paragraphs(document.summary.sentences)
        assert tuple(s for group in groups for s in group) == document.summary.sentences
    assert len(paragraphs(documents.incident().summary.sentences)[0]) == 3


def test_never_a_word_of_guilt() -> None:
    for document in (documents.incident(), documents.three_recipients(), documents.huge(), documents.hostile()):
        assert not any("legal" in s.lower() for s in document.summary.sentences)
