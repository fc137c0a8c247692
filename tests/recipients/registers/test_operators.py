"""The table of operators."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

from vuoto.recipients import load_registers
from vuoto.recipients.curated import rows
from vuoto.recipients.registers.operators import COLUMNS

ROWS = rows((files("vuoto.recipients.registers") / "operators.tsv").read_bytes(), COLUMNS)


def test_every_row_has_a_number_of_its_own_a_name_a_source_and_a_date() -> None:
    numbers = [int(row["asn"]) for row in ROWS]
    assert numbers == sorted(set(numbers))
    for row in ROWS:
        assert row["name"]
        assert row["source"]
        assert date(2019, 1, 1) <= date.fromisoformat(row["date"]) <= date(2026, 11, 24)


def test_the_incidents_network_is_run_by_china_telecom_and_keeps_its_registered_name() -> None:
    address = load_registers().address("42.99.2.15")
    assert (address.asn, address.as_name, address.operator) == (4134, "Chinanet", "China Telecom")
    assert any("besthub.dev" in source for source in address.sources)


def test_a_system_without_a_row_has_no_operator() -> None:
    address = load_registers().address("8.8.8.8")
    assert address.asn == 15169
    assert address.operator is None
    assert not any(source.startswith("operators") for source in address.sources)
