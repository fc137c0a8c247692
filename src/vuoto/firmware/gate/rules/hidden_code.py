"""Code under a name that does not say so, and data that may be code and cannot be read, in a package that loads code at run time.

Code that was found and could be read is judged by all other rules like the rest of the package; who loads it, and when, nobody
sees. What could not be read is undecided for as long as it is another than the baseline's.
"""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.gates import GateFinding
from vuoto.facts.packages import HiddenFile
from vuoto.firmware.gate.question import Question, finding
from vuoto.firmware.gate.rule import Rule
from vuoto.firmware.hiding import DISGUISED, hidden_words, unseen


def _judge(question: Question) -> Iterator[GateFinding]:
    for pair in question.pairs:
        old = pair.old.package.hidden if pair.old is not None else ()
        places, contents = {one.path for one in old}, {one.sha256 for one in old}
        gained: dict[str, HiddenFile] = {}
        for one in pair.new.package.hidden:
            if one.how in DISGUISED and one.kind != "dense" and one.path not in places:
                gained.setdefault(one.path.partition("!")[0], one)
        for file, one in gained.items():
            because = f"it {hidden_words(one)}: it was read, and who loads it, and when, is not seen"
            yield finding(RULE.name, "undecided", pair.new, file, because)
        for one in unseen(pair.new):
            if one.sha256 not in contents or not (pair.old is not None and unseen(pair.old)):
                because = f"it {hidden_words(one)}, and makes a class loader: what it loads from there was read by nobody"
                yield finding(RULE.name, "undecided", pair.new, one.path, because)


def _note(question: Question) -> str | None:
    return None if question.baseline is not None else "no baseline was given: all hidden code counts, not only what was gained"


RULE = Rule(
    name="hidden-code",
    asks="whether a package gained code under a name that does not say so, or unreadable data beside a class loader",
    rests_on="what each file is by its bytes, whatever its name says; and a baseline, without which all of it counts",
    remedy="Ship the code in the open, as classes.dex or a library; or give what decrypts it, and waive it with what was found",
    judge=_judge,
    note=_note,
)
