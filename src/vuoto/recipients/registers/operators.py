"""Operators: who runs an autonomous system whose registered name is a brand, by a curated table.

Every row of `operators.tsv` names its source. AS4134 is registered as ChinaNet, which is the name of China Telecom's backbone.
Where the registered name already says who runs the system, it needs no row.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from vuoto.recipients.curated import reference, rows
from vuoto.recipients.register import Answers, OperatorWord, Own, Register

COLUMNS = ("asn", "name", "source", "date")


def _open(_own: Own) -> Answers:
    raw = (files("vuoto.recipients.registers") / "operators.tsv").read_bytes()

    @cache
    def table() -> dict[int, OperatorWord]:
        return {
            int(row["asn"]): OperatorWord(name=row["name"], source=f"operators, {row['date']}: {row['source']}")
            for row in rows(raw, COLUMNS)
        }

    return Answers(references=(reference("Operators of networks", raw),), operator=lambda asn: table().get(asn))


REGISTER = Register(name="operators", confidence=50, open=_open)
