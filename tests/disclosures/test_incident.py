"""The incident's four generations, with and without the owner's profile, at its host and at any other."""

from __future__ import annotations

from typing import Final

import pytest

import incident
from disclosures.opened import find, message
from vuoto.facts.vocabulary import KINDS

GENERATIONS: Final[tuple[incident.Generation, ...]] = ("A", "B", "C", "D")
KNOWN: Final = {
    "imei": [incident.IMEI1, incident.IMEI2],
    "imsi": incident.IMSI,
    "iccid": incident.ICCID,
    "mac_address": incident.MAC,
}

CORE: Final = {("imei", incident.IMEI1), ("imsi", incident.IMSI), ("iccid", incident.ICCID)}
WITH_RADIO: Final = CORE | {("mac_address", incident.MAC), ("cell_id", incident.CELL_ID)}
EXPECTED: Final = {
    "A": WITH_RADIO,
    "B": WITH_RADIO | {("imei", incident.IMEI2)},
    "C": WITH_RADIO | {("imei", incident.IMEI2)},
    # Generation D sends the last byte of the cell identity alone, in a field that its format says carries it.
    "D": CORE | {("cell_id", "65")},
}


@pytest.mark.parametrize("host", ["zzhc.vnet.cn", "registration.example.com", None])
@pytest.mark.parametrize("generation", GENERATIONS)
def test_exactly_what_left(generation: incident.Generation, host: str | None) -> None:
    one = message(body=incident.body(generation), wrapped=("base64",))
    findings = find(one, host=host)
    singled = {(f.kind, f.value) for f in findings if f.certainty != "possible" and KINDS[f.kind].family != "technical"}
    assert singled == EXPECTED[generation]
    assert {(f.kind, f.value) for f in findings} >= {("device_model", incident.MODEL), ("os_build", incident.BUILD)}
    assert all(f.form == ("base64", "json") for f in findings)
    assert all(f.field.startswith("request body › base64 › /") for f in findings)


@pytest.mark.parametrize("generation", GENERATIONS)
def test_checked_values_are_validated_and_the_cell_is_likely(generation: incident.Generation) -> None:
    for finding in find(message(body=incident.body(generation))):
        if finding.kind in ("imei", "imsi", "iccid", "mac_address"):
            assert finding.certainty == "validated"
        elif finding.kind == "cell_id" and finding.value in (incident.CELL_ID, "65"):
            assert finding.certainty == "likely"


@pytest.mark.parametrize("generation", GENERATIONS)
def test_the_owner_knows_them(generation: incident.Generation) -> None:
    findings = find(message(body=incident.body(generation), wrapped=("base64",)), known=KNOWN)
    known = {(f.kind, f.value) for f in findings if f.certainty == "known"}
    assert known == {pair for pair in EXPECTED[generation] if pair[0] != "cell_id"}
    assert len({(f.kind, f.field) for f in findings}) == len(findings)


def test_the_body_as_it_travels_gives_the_known_values_without_being_opened() -> None:
    """Base64 with a line feed after 76 characters: a value that no line end cuts is found in the wrapped bytes themselves."""
    findings = find(message(raw=incident.encoded(incident.body("C"), one_line=True)), known=KNOWN)
    assert {(f.kind, f.form) for f in findings} == {(kind, ("base64",)) for kind in KNOWN}
