"""Which of several revisions of a source the code fits: by what some of them say and others do not.

For each class and the file it fits, a feature that the class has counts against the revisions whose state of the file does not
say it; a rare text of the file that the whole package does not have counts, less, against the revisions that do say it, since an
optimiser may have removed it.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from vuoto.facts.provenance import VersionClue, VersionMatch
from vuoto.firmware.provenance.attribution import Attribution
from vuoto.firmware.provenance.keys import DIGEST_BITS, KINDS, hashed, words_of
from vuoto.firmware.provenance.matching import Matcher

NEAR: Final = 3.0
"""Bits within which revisions are told together."""

MOST: Final = 6.0
"""Bits of one feature at most: one changed constant is one change."""

GONE: Final = 0.5
"""Bits against a revision for a text that it says and the package does not."""

MAX_CLUES: Final = 24
"""Clues that are shown; the strongest."""


def version_of(matcher: Matcher, found: Attribution, number: int) -> VersionMatch:
    """The revisions of the index's project `number`, by how well the answered classes fit each."""
    index = matcher.index
    project = index.projects[number]
    first = int(index.first[number])
    count = len(project.revisions)
    against = np.zeros(count)
    bits_of = np.arange(count)
    clues: dict[tuple[str, str], tuple[float, VersionClue]] = {}
    files: set[int] = set()
    said = {
        hashed(word)
        for fit in found.fits.values()
        for one in fit.features.tolist()
        for word in words_of(fit.class_.file.keys[one])
        if word[0] == "s"
    }
    for answer in found.answers.values():
        class_ = answer.fit.class_
        own = [file for file in answer.files if int(index.project_of[file]) == number]
        # What a class makes is counted with it.
        if not own or answer.made is not None:
            continue
        file = own[0]
        files.add(file - first)
        said_of = matcher.lines(class_, file)
        for feature in answer.fit.features.tolist():
            here = said_of(feature)
            if here is None:
                continue
            within = here.within
            lacking = (within >> bits_of & 1) == 0
            if not lacking.any():
                continue
            bits = min(here.bits, MOST)
            against += lacking * bits
            key = class_.file.keys[feature]
            clue = VersionClue(
                value=key[1:],
                path=project.paths[file - first],
                line=here.line,
                present_in=project.revisions_of(within),
                absent_from=project.revisions_of(~within & ((1 << count) - 1)),
            )
            clues.setdefault((clue.path, clue.value), (bits, clue))
    inside = np.isin(project.file, sorted(files)) & (project.word >> np.uint64(DIGEST_BITS) == KINDS.index("s"))
    absent = inside & ~np.isin(project.word, np.array(sorted(said), np.uint64))
    all_ = (1 << count) - 1
    partly = absent & (project.within != all_)
    for within in project.within[np.flatnonzero(partly)].tolist():
        against += (within >> bits_of & 1) * GONE
    behind = against - against.min() if count else against
    ranked = sorted(zip(behind.tolist(), range(count), strict=True), key=lambda pair: (pair[0], -pair[1]))
    rows = [(project.revisions[place], round(bits, 1)) for bits, place in ranked]
    strongest = sorted(clues.values(), key=lambda pair: (-pair[0], pair[1].path, pair[1].value))
    return VersionMatch(
        candidates=tuple(row for row in rows if row[1] < NEAR),
        others=tuple(row for row in rows if row[1] >= NEAR),
        clues=tuple(clue for _, clue in strongest[:MAX_CLUES]),
    )
