"""What the code of one package can collect and send: all analyses over its DEX files, in one value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from vuoto.facts.code import CodeFacts
from vuoto.firmware.code.dex import Dex
from vuoto.firmware.code.endpoints import find_strings
from vuoto.firmware.code.loading import find_loads
from vuoto.firmware.code.paths import LIMITS, find_paths
from vuoto.firmware.code.prints import Prints, find_prints
from vuoto.firmware.code.program import Program
from vuoto.firmware.code.properties import find_properties
from vuoto.firmware.code.protections import find_transforms, find_trust_flaws
from vuoto.firmware.code.reads import find_reads
from vuoto.firmware.code.sends import find_sends
from vuoto.firmware.code.words import Words, find_words


class CodeColumns(NamedTuple):
    """Those facts of which a package has thousands, in columns."""

    words: Words
    """`CodeFacts.words`."""

    prints: Prints
    """`CodeFacts.prints`."""


def examine(dexes: Sequence[Dex]) -> CodeFacts:
    """The facts of a package made of these files (all of one APK, in the order in which Android loads them). Never raises."""
    facts, columns = examine_in_columns(dexes)
    return replace(facts, words=columns.words.facts(), prints=columns.prints.facts())


def examine_in_columns(dexes: Sequence[Dex]) -> tuple[CodeFacts, CodeColumns]:
    """The same, with the words and prints beside the facts and not in them: an index needs columns, and no facts of them."""
    program = Program(dexes)
    reads, sends = find_reads(program), find_sends(program)
    methods = frozenset(send.place.method for send, _, _ in sends)
    owners = frozenset(method.partition("->")[0] for method in methods)
    paths, bounds = find_paths(program, reads, sends)
    columns = CodeColumns(find_words(program), find_prints(program))
    facts = CodeFacts(
        strings=tuple(find_strings(program, methods)),
        reads=tuple(read for read, _, _ in reads),
        sends=tuple(send for send, _, _ in sends),
        transforms=tuple(find_transforms(program, owners)),
        trust_flaws=tuple(find_trust_flaws(program)),
        paths=tuple(paths),
        limits=(*LIMITS, *bounds),
        classes=sum(len(dex.classes.type) for dex in dexes),
        methods=sum(len(dex.classes.method) for dex in dexes),
        instructions=sum(dex.instructions for dex in dexes),
        loads=tuple(find_loads(program)),
        properties=tuple(find_properties(program)),
        problems=tuple(problem for dex in dexes for problem in dex.problems),
    )
    return facts, columns
