#!/usr/bin/env python3
"""Writes what `vuoto firmware provenance` knows beforehand: how common words of source are, and the words of libraries.

    tools/build_provenance_data.py background FOLDER...
    tools/build_provenance_data.py libraries "Gson=FOLDER" ...

Each folder is a published project, unpacked. Nothing of the projects is kept but digests of words, and the names of the files of
libraries; `data/README.md` beside the data says which projects they were.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections import Counter
from pathlib import Path

import numpy as np

from vuoto.firmware.provenance.background import LEAST, Background, background, pack
from vuoto.firmware.provenance.index import READERS, TESTS, ProjectIndex
from vuoto.firmware.provenance.index_file import write_project
from vuoto.firmware.provenance.keys import hashed
from vuoto.firmware.provenance.linking import link

DATA = Path(__file__).resolve().parent.parent / "src/vuoto/firmware/provenance/data"


SHORT = 4
"""Letters of a word, its kind included, that are too few to tell a library by."""

COMMON = 20
"""Words of libraries that more files of the background say tell nothing, and are left out."""


def main() -> None:
    """Write the data file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("background", "libraries"))
    parser.add_argument("folders", nargs="+")
    given = parser.parse_args()
    if given.what == "background":
        write_background([Path(folder) for folder in given.folders])
    else:
        write_libraries(given.folders)


def write_background(folders: list[Path]) -> None:
    """Count files by word."""
    counts: Counter[int] = Counter()
    files = 0
    for folder in folders:
        paths = sources(folder)
        parsed = [READERS[path.suffix](path.read_bytes(), str(path), None) for path in paths]
        for file, more in zip(parsed, link(parsed), strict=True):
            counts.update({zlib.crc32(word.encode("utf-8", "replace")) for word in (*file.words, *more)})
        files += len(paths)
        print(f"{folder.name}: {len(paths):,} files")
    kept = sorted((word, count) for word, count in counts.items() if count >= LEAST)
    words, numbers = zip(*kept, strict=True)
    data = pack(Background(files=files, word=np.array(words, np.uint32), count=np.array(numbers, np.uint32)))
    (DATA / "background.bin").write_bytes(data)
    print(f"{len(kept):,} words of {len(counts):,} stand in {LEAST} files or more of {files:,}: {len(data):,} bytes")


def write_libraries(named: list[str]) -> None:
    """Keep the rare texts and numbers of each file."""
    known = background()
    out = bytearray()
    for one in sorted(named):
        name, _, folder = one.partition("=")
        parsed = []
        for path in sources(Path(folder)):
            inside = str(path.relative_to(folder))
            if not TESTS.search(inside):
                parsed.append(READERS[path.suffix](path.read_bytes(), inside, None))
        postings = set()
        for number, (file, more) in enumerate(zip(parsed, link(parsed), strict=True)):
            words = [word for word in (*file.words, *more) if word[0] in "sn" and len(word) > SHORT]
            for word, count in zip(words, known.counts(words).tolist(), strict=True):
                if count <= COMMON:
                    postings.add((hashed(word), number))
        keys = sorted(postings)
        project = ProjectIndex(
            name=name,
            revisions=("",),
            paths=tuple(file.path.rpartition("/")[2] for file in parsed),
            classes=tuple(() for _ in parsed),
            word=np.array([word for word, _ in keys], np.uint64),
            file=np.array([number for _, number in keys], np.int64),
            line=np.zeros(len(keys), np.int64),
            within=np.ones(len(keys), np.int64),
            present=np.ones(len(parsed), np.int64),
            library=True,
        )
        data = write_project(project)
        out += len(data).to_bytes(4, "little") + data
        print(f"{name}: {len(parsed):,} files, {len(keys):,} words, {len(data):,} bytes")
    (DATA / "libraries.bin").write_bytes(bytes(out))


def sources(folder: Path) -> list[Path]:
    """The files of source in a folder."""
    found = sorted(path for path in folder.rglob("*") if path.suffix in READERS and path.is_file())
    if not found:
        sys.exit(f"{folder}: no source in it")
    return found


if __name__ == "__main__":
    main()
