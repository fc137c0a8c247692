#!/usr/bin/env python3
"""Measures `vuoto firmware provenance` on projects whose code and source are known, and writes docs/reference/provenance.md.

    python bench/provenance.py MATERIAL.toml     measures, writes bench/provenance.json
    python bench/provenance.py --page            writes the page and its picture from bench/provenance.json

The material is a folder of the reader's own, described in TOML:

    [sources]                       # every source that is searched, whatever the case
    gson = "src/gson"
    [[cases]]                       # code of which the source is known
    name = "gson"
    role = "held out"               # or "calibration": only those may be looked at to choose thresholds
    variant = "R8 full"
    dex = ["b/gson/full/classes.dex"]
    map = "b/gson/full/map.txt"     # what the compiler renamed; without it, names are kept
    projects = ["gson"]             # the sources that it comes from
    classes = "b/gson/cls"          # the class files it was made of; without them, the readers say which class is in which file
    sibling = "older/gson"          # another version of that source, to be searched in its place
    [foreign]
    files = ["apks/*.apk"]          # packages that come from none of the sources

The truth for a class is every file of which the map says that something of it is in the class: an optimiser merges and inlines.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import time
import tomllib
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from vuoto.firmware.code import Dex, read_dexes
from vuoto.firmware.code.program import Program
from vuoto.firmware.provenance import ProjectIndex, Revision, SourceFile, compare, index_project
from vuoto.firmware.provenance.attribution import THRESHOLDS, Attribution, attribute
from vuoto.firmware.provenance.background import background
from vuoto.firmware.provenance.index import READERS, SourceIndex
from vuoto.firmware.provenance.keys import KINDS
from vuoto.firmware.provenance.matching import Matcher
from vuoto.firmware.provenance.neighbours import unnamed

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "provenance.json"
PAGE = ROOT / "docs" / "reference" / "provenance.md"
PICTURE = ROOT / "docs" / "reference" / "provenance.svg"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
EDITED = (10, 30, 50)
ABLATIONS = {
    "all": KINDS,
    "texts alone": "s",
    "texts and numbers": "sn",
    "without texts": "ntfMmuk",
    "without calls": "sntfu",
    "without numbers": "stfMmuk",
}


def main() -> None:
    """Measure, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("material", nargs="?", type=Path)
    parser.add_argument("--page", action="store_true")
    given = parser.parse_args()
    if given.material:
        RESULTS.write_bytes(orjson.dumps(measure(given.material), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
    if given.page or given.material:
        write_page(orjson.loads(RESULTS.read_bytes()))


class Case:
    """Code whose source is known."""

    def __init__(self, root: Path, given: dict[str, Any]) -> None:
        self.name: str = given["name"]
        self.role: str = given["role"]
        self.variant: str = given["variant"]
        self.projects: list[str] = given["projects"]
        self.sibling = root / given["sibling"] if "sibling" in given else None
        self.files = [root / one for one in given["dex"]]
        self.map = truth((root / given["map"]).read_text()) if "map" in given else None
        self.written = written_in(root / given["classes"]) if "classes" in given else {}

    def originals(self, name: str) -> set[str]:
        """The classes of the source of which something is in a class of the code.

        What D8 moves out of a class that ProGuard has renamed is in no map; it has the name of that class before its own.
        """
        if self.map is None:
            return {name}
        return self.map.get(name) or self.map.get(name.partition("$$")[0], {name})

    def dexes(self) -> list[Dex]:
        """The code, read anew."""
        return [dex for file in self.files for dex in read_dexes(file.read_bytes(), file.name)]


def truth(text: str) -> dict[str, set[str]]:
    """For each class of the code: the classes of the source of which something is in it, by an R8 or ProGuard map."""
    result: dict[str, set[str]] = {}
    current = ""
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line[0].isspace():
            before, _, after = line.rstrip(":").partition(" -> ")
            current = after
            result.setdefault(current, set()).add(before)
        elif current:
            for found in (re.search(r" ([\w.$]+)\.[\w<>$]+\(", line), re.search(r"^\s+[\w.$\[\]]+ ([\w.$]+)\.[\w$]+ -> ", line)):
                if found:
                    result[current].add(found[1])
    return result


def written_in(folder: Path) -> dict[str, str]:
    """For each class file under a folder, by the class's name: the name of the file that it was compiled from."""
    result = {}
    for path in sorted(folder.rglob("*.class")):
        data = path.read_bytes()
        found = source_file(data)
        if found:
            result[str(path.relative_to(folder).with_suffix("")).replace("/", ".")] = found
    return result


def source_file(data: bytes) -> str | None:
    """The attribute `SourceFile` of a class file (The Java Virtual Machine Specification, 4.7.10)."""
    texts: dict[int, str] = {}
    at, number = 10, 1
    while number < int.from_bytes(data[8:10]):
        tag = data[at]
        if tag == 1:
            length = int.from_bytes(data[at + 1 : at + 3])
            texts[number] = data[at + 3 : at + 3 + length].decode("utf-8", "replace")
        at += 3 + length if tag == 1 else CONSTANT_SIZES[tag]
        number += 2 if tag in (5, 6) else 1
    label = next((n for n, one in texts.items() if one == "SourceFile"), None)
    if label is None:
        return None
    mark = label.to_bytes(2) + (2).to_bytes(4)
    place = data.rfind(mark)
    return texts.get(int.from_bytes(data[place + 6 : place + 8])) if place >= 0 else None


CONSTANT_SIZES = {3: 5, 4: 5, 5: 9, 6: 9, 7: 3, 8: 3, 9: 5, 10: 5, 11: 5, 12: 5, 15: 4, 16: 3, 17: 5, 18: 5, 19: 3, 20: 3}
"""Bytes of the entries of a constant pool, but of texts."""


def project(name: str, folder: Path, change: Callable[[str, str], str] | None = None) -> ProjectIndex:
    """The index of a folder, each file changed before it is read where that is asked."""
    files = []
    for path in sorted(p for p in folder.rglob("*") if p.suffix in READERS and p.is_file()):
        data = path.read_bytes()
        inside = str(path.relative_to(folder))
        files.append(SourceFile(path=inside, data=change(inside, data.decode("utf-8", "replace")).encode() if change else data))
    return index_project(name, [Revision(name="", files=tuple(files))], parts=2)


def edited(share: int) -> Callable[[str, str], str]:
    """Changes so many lines in a hundred, chosen by the file's name: other texts, other numbers, or no line."""

    def change(path: str, text: str) -> str:
        chance = random.Random(f"{share} {path}")
        lines = []
        for line in text.split("\n"):
            if not line.strip() or line.startswith(("package", "import")) or chance.randrange(100) >= share:
                lines.append(line)
            elif '"' in line:
                lines.append(re.sub(r'"([^"\\]+)"', lambda found: f'"{found[1][::-1]}~"', line))
            elif re.search(r"\d", line):
                lines.append(re.sub(r"\b\d+\b", lambda found: str(int(found[0][:9], 10) + 7), line))
            elif line.rstrip().endswith(";"):
                lines.append("")
            else:
                lines.append(line)
        return "\n".join(lines)

    return change


def owners(index: SourceIndex) -> dict[str, set[int]]:
    """Files by the full names of their classes."""
    result: dict[str, set[int]] = defaultdict(set)
    for file in range(index.files):
        found, number = index.place(file)
        for name in found.classes[number]:
            result[name[1:-1].replace("/", ".")].add(file)
    return result


def files_of(name: str, known: dict[str, set[int]]) -> set[int]:
    """The files that hold a class, or the class around it."""
    while name:
        if name in known:
            return known[name]
        name = name.rpartition("$")[0]
    return set()


def came_from(case: Case, originals: set[str], index: SourceIndex, file: int) -> bool:
    """Whether the class files say that one of these classes was compiled from that file."""
    found, number = index.place(file)
    return found.name in case.projects and found.paths[number].rpartition("/")[2] in {case.written.get(one) for one in originals}


class Tally:
    """Counts of answers."""

    def __init__(self) -> None:
        self.classes = self.answered = self.right = self.right_project = self.second = self.second_right = 0
        self.named = self.named_answered = self.named_right = 0
        self.how: dict[str, list[int]] = {}
        self.rows: list[tuple[float, bool]] = []

    def add(self, case: Case, index: SourceIndex, known: dict[str, set[int]], found: Attribution, dexes: Sequence[Dex]) -> None:
        """Count one package: all its classes, and those that a person named."""
        classes = sum(len(dex.classes.type) for dex in dexes)
        nobodys = unnamed(Program(dexes))
        self.classes += classes
        self.named += classes - len(nobodys)
        for descriptor, answer in found.answers.items():
            name = descriptor[1:-1].replace("/", ".")
            originals = case.originals(name)
            good = set().union(*(files_of(one, known) for one in originals))
            good |= {file for file in (*answer.files, *answer.second) if came_from(case, originals, index, file)}
            right = any(file in good for file in answer.files)
            self.answered += 1
            self.right += right
            self.named_answered += descriptor not in nobodys
            self.named_right += right and descriptor not in nobodys
            self.right_project += any(index.place(file)[0].name in case.projects for file in answer.files)
            count = self.how.setdefault(answer.how, [0, 0])
            count[0] += 1
            count[1] += right
            self.rows.append((answer.bits, right))
            for file in answer.second:
                self.second += 1
                self.second_right += file in good

    def result(self) -> dict[str, Any]:
        """The counts, and what follows from them."""
        return {
            "classes": self.classes,
            "answered": self.answered,
            "right": self.right,
            "right_project": self.right_project,
            "named": self.named,
            "named_answered": self.named_answered,
            "named_right": self.named_right,
            "merged": self.second,
            "merged_right": self.second_right,
            "how": dict(sorted(self.how.items())),
        }


def measure(path: Path) -> dict[str, Any]:
    """All measurements."""
    root = path.parent
    given = tomllib.loads(path.read_text())
    projects = {name: project(name, root / folder) for name, folder in given["sources"].items()}
    cases = [Case(root, one) for one in given["cases"]]
    index = SourceIndex(projects=tuple(projects.values()))
    matcher = Matcher(index, background())
    known = owners(index)
    result: dict[str, Any] = {
        "sources": {name: len(one.paths) for name, one in projects.items()},
        "thresholds": {name: getattr(THRESHOLDS, name) for name in THRESHOLDS.__dataclass_fields__},
        "cases": [],
        "totals": {},
    }
    totals: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for case in cases:
        dexes = case.dexes()
        begin = time.process_time()
        found = attribute(matcher, dexes)
        seconds = time.process_time() - begin
        tally = Tally()
        for one in (tally, totals[case.role, case.variant]):
            one.add(case, index, known, found, dexes)
        fits = [index.projects[number].name for number in found.projects]
        entry = tally.result() | {"name": case.name, "role": case.role, "variant": case.variant, "seconds": round(seconds, 2)}
        result["cases"].append(entry | {"fits": fits, "projects": case.projects})
        print(entry, flush=True)
    result["totals"] = [
        {"role": role, "variant": variant} | tally.result() | {"curve": curve(tally)} for (role, variant), tally in totals.items()
    ]
    held = [case for case in cases if case.role == "held out"]
    full = [case for case in held if case.variant == "R8 full"]
    result["absent"] = total(held, lambda case: [one for name, one in projects.items() if name not in case.projects])
    result["encrypted"] = total(full, lambda _: list(projects.values()), encrypt)
    for share in EDITED:
        result[f"edited {share}"] = total(full, partial(swapped, projects, given, root, edited(share)))
    siblings = [case for case in full if case.sibling]
    result["sibling"] = total(
        siblings,
        lambda case: (
            [one for name, one in projects.items() if name not in case.projects]
            + [project(case.projects[0], case.sibling or root)]
        ),
    )
    result["sibling names"] = sorted(case.name for case in siblings)
    result["ablation"] = {name: ablated(full, projects, kinds) for name, kinds in ABLATIONS.items()}
    result["foreign"] = foreign(list(projects.values()), root, given["foreign"]["files"])
    return result


def total(
    cases: Sequence[Case], sources: Callable[[Case], list[ProjectIndex]], change: Callable[[Dex], None] | None = None
) -> dict[str, Any]:
    """Counts over cases, each searched in sources of its own."""
    tally = Tally()
    pairs: Counter[str] = Counter()
    for case in cases:
        index = SourceIndex(projects=tuple(sources(case)))
        dexes = case.dexes()
        for dex in dexes:
            if change is not None:
                change(dex)
        found = attribute(Matcher(index, background()), dexes)
        tally.add(case, index, owners(index), found, dexes)
        for answer in found.answers.values():
            pairs.update({f"{case.name} → {index.place(file)[0].name}" for file in answer.files})
    print(tally.result(), dict(pairs), flush=True)
    return tally.result() | {"pairs": dict(sorted(pairs.items()))}


def swapped(
    projects: dict[str, ProjectIndex], given: dict[str, Any], root: Path, change: Callable[[str, str], str], case: Case
) -> list[ProjectIndex]:
    """The sources with those of the case changed."""
    folders = given["sources"]
    return [project(name, root / folders[name], change) if name in case.projects else one for name, one in projects.items()]


def encrypt(dex: Dex) -> None:
    """Every text of the code becomes another one, as tools do that encrypt them; names stay what they are."""
    names = {*dex.type_names.tolist(), *dex.method_name.tolist(), *dex.field_name.tolist()}
    chance = random.Random(0)
    for index in sorted(
        {*dex.string_uses[1].tolist(), *(value.number for _, _, value in dex.static_values() if value.kind == 0x17)} - names
    ):
        if index < len(dex.strings):
            dex.strings[index] = "".join(
                chance.choices("abcdefghijklmnopqrstuvwxyz0123456789+/", k=max(len(dex.strings[index]), 4))
            )


def ablated(cases: Sequence[Case], projects: dict[str, ProjectIndex], kinds: str) -> dict[str, Any]:
    """Counts with some kinds of words alone."""
    from vuoto.firmware.provenance import matching

    kept = dict(matching.WEIGHT)
    matching.WEIGHT.update({kind: 0.0 for kind in kept if kind not in kinds})
    try:
        return total(cases, lambda _: list(projects.values()))
    finally:
        matching.WEIGHT.update(kept)


def foreign(projects: Sequence[ProjectIndex], root: Path, patterns: Sequence[str]) -> dict[str, Any]:
    """Packages that come from none of the sources, and what they are said to fit."""
    rows = []
    for pattern in patterns:
        for path in sorted(one for one in root.glob(pattern) if one.is_file()):
            dexes = list(packaged(path))
            classes = sum(len(dex.classes.type) for dex in dexes)
            if not classes:
                continue
            found = compare(path.name, dexes, projects)
            fits = {}
            for one in found.projects:
                if not one.library and one.statement != "insufficient evidence":
                    matches = [match for match in found.matches if any(place.project == one.project for place in match.files)]
                    example = max(matches, key=lambda match: match.bits)
                    fits[one.project] = [len(matches), f"{example.name} {example.files[0].path}", one.statement]
            rows.append({"file": path.name, "classes": classes, "fits": fits, "answered": len(found.matches)})
            print(rows[-1], flush=True)
    return {
        "packages": len(rows),
        "classes": sum(row["classes"] for row in rows),
        "flagged": [row for row in rows if row["fits"]],
    }


def packaged(path: Path) -> Iterator[Dex]:
    """The DEX files of a package, or the file itself."""
    data = path.read_bytes()
    if data[:4] == b"dex\n":
        yield from read_dexes(data, path.name)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith(".dex"):
                    yield from read_dexes(archive.read(name), name)
    except (zipfile.BadZipFile, NotImplementedError, OSError):
        return


def curve(tally: Tally) -> list[list[float]]:
    """Coverage and precision as the bits that an answer needs go down."""
    points = []
    right = 0
    rows = sorted(tally.rows, reverse=True)
    for count, (_, good) in enumerate(rows, 1):
        right += good
        if count % max(len(rows) // 40, 1) == 0 or count == len(rows):
            points.append([round(count / tally.classes, 4), round(right / count, 4)])
    return points


def wilson(right: int, count: int) -> tuple[float, float]:
    """The interval of 95 % for a share."""
    if not count:
        return 0.0, 1.0
    z = 1.96
    share = right / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def row(name: str, one: dict[str, Any]) -> str:
    """A line of a table."""
    low, high = wilson(one["right"], one["answered"])
    precision = one["right"] / one["answered"] if one["answered"] else 1.0
    inside = one["right_project"] / one["answered"] if one["answered"] else 1.0
    cover = one["answered"] / one["classes"]
    named = one["named_right"] / one["named_answered"] if one["named_answered"] else 1.0
    alone = f"{one['named_answered'] / max(one['named'], 1):.3f} of {one['named']:,}, {named:.3f} right"
    return f"| {name} | {one['classes']:,} | {cover:.3f} | {precision:.3f} | {low:.3f}–{high:.3f} | {inside:.3f} | {alone} |"


HEAD = ("| | classes | answered | right file | 95 % | right source | named classes alone |", "|---|--:|--:|--:|---|--:|---|")


def write_page(result: dict[str, Any]) -> None:
    """Put the tables into the page, and draw the picture."""
    lines: list[str] = []
    for role in ("calibration", "held out"):
        lines += ["", f"**{role.capitalize()}**, all projects together:", "", *HEAD]
        lines += [row(one["variant"], one) for one in result["totals"] if one["role"] == role]
    lines += ["", "Each held-out project, R8 full:", "", *HEAD]
    lines += [row(one["name"], one) for one in result["cases"] if one["role"] == "held out" and one["variant"] == "R8 full"]
    lines += ["", "By what the answer rests on (held out, R8 full):", "", "| | answers | right |", "|---|--:|--:|"]
    full = next(one for one in result["totals"] if (one["role"], one["variant"]) == ("held out", "R8 full"))
    lines += [f"| {how} | {count} | {right} |" for how, (count, right) in full["how"].items()]
    lines += [f"| files merged into a class | {full['merged']} | {full['merged_right']} |"]
    lines += ["", "Harder cases (held out, R8 full):", "", *HEAD]
    lines += [row(f"{share} % of the source's lines edited", result[f"edited {share}"]) for share in EDITED]
    lines.append(row(f"an older version of the source ({', '.join(result['sibling names'])})", result["sibling"]))
    absent, encrypted = result["absent"], result["encrypted"]
    low, high = wilson(absent["answered"], absent["classes"])
    pairs = ", ".join(f"{pair} {count}" for pair, count in sorted(absent["pairs"].items(), key=lambda one: (-one[1], one[0])))
    lines += [
        "",
        (
            f"Source absent (held out, all compilers): {absent['answered']} of {absent['classes']:,} classes are laid at another "
            f"source's door ({low:.4f}–{high:.4f}): {pairs}. Texts encrypted: {encrypted['answered']} of "
            f"{encrypted['classes']:,} classes are answered, {encrypted['right']} of them rightly."
        ),
        "",
        "What each kind of word brings (held out, R8 full):",
        "",
        *HEAD,
        *(row(name, one) for name, one in result["ablation"].items()),
        "",
        (
            f"Foreign packages: {result['foreign']['packages']} packages with {result['foreign']['classes']:,} classes, "
            f"compared with all sources; {len(result['foreign']['flagged'])} are said to fit one:"
        ),
        "",
        "| package | source | said | classes | strongest |",
        "|---|---|---|--:|---|",
    ]
    for one in result["foreign"]["flagged"]:
        for name, (count, example, said) in one["fits"].items():
            lines.append(f"| {one['file']} | {name} | {said} | {count} | `{example}` |")
    lines.append("")
    lines.append(f"Sources searched: {sum(result['sources'].values()):,} files of {len(result['sources'])} projects.")
    text = PAGE.read_text()
    head, _, rest = text.partition(BEGIN)
    PAGE.write_text(head + BEGIN + "\n" + "\n".join(lines).strip("\n") + "\n" + END + rest.partition(END)[2])
    PICTURE.write_text(picture(result))


def picture(result: dict[str, Any]) -> str:
    """Precision over coverage, as SVG."""
    width, height, left, top, right, bottom = 640, 360, 56, 24, 150, 44
    low = 0.85

    def at(cover: float, precision: float) -> str:
        x = left + cover / 0.7 * (width - left - right)
        y = top + (1 - max(precision, low)) / (1 - low) * (height - top - bottom)
        return f"{x:.1f},{y:.1f}"

    colours = {"D8": "#1b6ca8", "R8 rename only": "#5aa469", "R8 full": "#b23a48", "ProGuard": "#8d6b94"}
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
        "<title>Precision over coverage, held-out projects</title>",
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for step in range(4):
        level = 1 - step * 0.05
        x, y = at(0, level).split(",")
        out.append(
            f'<path d="M{x} {y}H{width - right}" stroke="#ddd"/>'
            f'<text x="{left - 8}" y="{float(y) + 4}" text-anchor="end">{level:.2f}</text>'
        )
    for step in range(8):
        x, y = at(step / 10, low).split(",")
        out.append(f'<text x="{x}" y="{float(y) + 18}" text-anchor="middle">{step / 10:.1f}</text>')
    out.append(
        f'<text x="{left}" y="{height - 8}">share of classes answered; upward: share of answers with the right file</text>'
    )
    curves = [one for one in result["totals"] if one["role"] == "held out"]
    for number, one in enumerate(curves):
        colour = colours.get(one["variant"], "#444")
        points = " ".join(at(*point) for point in one["curve"])
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out.append(f'<text x="{width - right + 10}" y="{top + 16 + 18 * number}" fill="{colour}">{one["variant"]}</text>')
    return "\n".join([*out, "</svg>", ""])


if __name__ == "__main__":
    main()
