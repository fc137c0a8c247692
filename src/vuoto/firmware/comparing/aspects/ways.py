"""Ways on which personal data may reach a send, by kind and channel; and channels that code sends by.

What is gone is told only where the class it was in is gone as well: renaming a library hides its sends from the search, and
hides nothing from the person. What is new is always told.
"""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.changes import Change, Concern
from vuoto.facts.code import CodePlace
from vuoto.facts.vocabulary import kind_of
from vuoto.firmware.comparing.abilities import place_words, ways_of
from vuoto.firmware.comparing.aspect import Aspect, Pair


def _compare(pair: Pair) -> Iterator[Change]:
    before = ways_of(pair.old) if pair.old is not None else {}
    after = ways_of(pair.new)
    for kind, channel in sorted(after.keys() - before.keys()):
        path = after[kind, channel][0]
        how = "the value was followed" if path.strength == "value" else "by the order of calls alone"
        says = (
            f"may send {kind_of(kind).title} by {channel}: read in {place_words(path.read.place)}, "
            f"sent in {place_words(path.send.place)} ({how})"
        )
        concern: Concern = "high" if path.strength == "value" else "medium"
        places = [step.place for step in path.steps]
        yield pair.change("way", "added", concern, f"{kind} to {channel}", says, after=path.strength, places=places)
    for kind, channel in sorted(before.keys() - after.keys()):
        path = before[kind, channel][0]
        places = [step.place for step in path.steps]
        if not _still_there(pair, places):
            says = f"no way of {kind_of(kind).title} to a send by {channel} is seen any more"
            yield pair.change("way", "removed", "none", f"{kind} to {channel}", says, before=path.strength, places=places)
    yield from _channels(pair)


def _channels(pair: Pair) -> Iterator[Change]:
    before: dict[str, list[CodePlace]] = {}
    after: dict[str, list[CodePlace]] = {}
    for read, found in ((pair.old, before), (pair.new, after)):
        for send in read.code.sends if read is not None and read.code is not None else ():
            found.setdefault(send.channel, []).append(send.place)
    for channel in sorted(after.keys() - before.keys()):
        says = f"sends by {channel}, in {place_words(after[channel][0])}"
        yield pair.change("send", "added", "medium", channel, says, places=after[channel])
    for channel in sorted(before.keys() - after.keys()):
        if not _still_there(pair, before[channel]):
            says = f"no longer sends by {channel}, as far as is seen"
            yield pair.change("send", "removed", "none", channel, says, places=before[channel])


def _still_there(pair: Pair, places: list[CodePlace]) -> bool:
    return pair.resemblance is not None and pair.resemblance.still_there(p.method.partition("->")[0] for p in places)


ASPECT = Aspect(
    makes=("way", "send"),
    compares="ways of personal data to a send, by kind and channel (`way`), and the channels that code sends by (`send`)",
    compare=_compare,
)
