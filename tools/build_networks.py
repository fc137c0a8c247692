#!/usr/bin/env python3
"""Builds `src/vuoto/recipients/registers/networks.mmdb` and its description `networks.json`. The same bytes each time.

    python tools/build_networks.py           fetches the pinned packages with `npm pack` and writes both files
    python tools/build_networks.py --check   says whether the files are what this tool writes
    ... --packages DIR                       takes the archives from a folder instead of fetching them

What each package holds, and what is taken from it, is in `docs/adr/0006-network-data.md`.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import heappop, heappush
from itertools import pairwise
from pathlib import Path

import maxminddb

from mmdb import Range, write_mmdb
from vuoto.facts.countries import COUNTRIES

REGISTERS = Path(__file__).resolve().parent.parent / "src/vuoto/recipients/registers"
VERSION = "2.3.2026061719"
BUILT = datetime(2026, 6, 17, 19, tzinfo=UTC)  # the version number is the hour of the snapshot
MOST_BYTES = 15_000_000  # what the package may ship
LONGEST_NAME = 60  # characters of an AS name; longer ones are trade-register entries with addresses
V4 = 32
V6_UNIT = 80  # IPv6 space is counted in /48s

# A registry's whois holds its whole pool under the registry's own country. Where such a word spans whole delegations to others,
# the delegation is the better word. APNIC, AFRINIC, LACNIC; not ARIN and RIPE NCC, whose countries are mostly meant.
REGISTRY_SEATS = frozenset({"AU", "MU", "UY"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One pinned npm package."""

    name: str
    """Without its scope."""

    sha256: str
    """Of the archive that `npm pack` gives."""

    licence: str
    """SPDX, as the data (not only the package file) is licensed."""

    credit: str
    """Whom to name."""


PACKAGES = (
    Package(
        name="asn",
        sha256="b9425daf2f011c28f8586685d4f89166e77627e2c15fd93c6262c3e2dead6153",
        licence="CC-BY-4.0",
        credit="RouteViews; DB-IP.com; Number Resource Organization (NRO)",
    ),
    Package(
        name="asn-country",
        sha256="f1ba738e7a4c3f5b5fd1ccef47576ad797625a9d8efd5f2fb06a3abef3db3b91",
        licence="CC-BY-4.0",
        credit="Number Resource Organization (NRO)",
    ),
    Package(
        name="geo-whois-asn-country",
        sha256="2a3e609015884c93c2d398e777ce1d2d34cab026054c43559bff32b25669f606",
        licence="CC0-1.0 AND CC-BY-4.0",
        credit="Number Resource Organization (NRO)",
    ),
    Package(
        name="iptoasn-country-mmdb",
        sha256="58129284b6beca9f3ad68cae72f941488bb03060d9a51590824890899bf9f773",
        licence="PDDL-1.0",
        credit="IPtoASN.com",
    ),
)

Row = tuple[int, int, str]
"""First and last address as a number of its own family, and what is said of them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Builds or checks. 0 when all is well, 1 when a file is stale."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--packages", type=Path)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        archives = {p.name: _archive(p, options.packages, Path(scratch)) for p in PACKAGES}
    network = build(archives)
    if len(network) > MOST_BYTES:
        raise SystemExit(f"networks.mmdb would be {len(network)} bytes, more than {MOST_BYTES}")
    files = {REGISTERS / "networks.mmdb": network, REGISTERS / "networks.json": _description(network)}
    stale = [path.name for path, content in files.items() if not path.exists() or path.read_bytes() != content]
    if options.check:
        print(f"stale: {', '.join(stale)}" if stale else "networks.mmdb and networks.json are what this tool writes")
        return 1 if stale else 0
    for path, content in files.items():
        path.write_bytes(content)
    print(f"networks.mmdb: {len(network)} bytes")
    return 0


def _archive(package: Package, folder: Path | None, scratch: Path) -> bytes:
    file = f"ip-location-db-{package.name}-{VERSION}.tgz"
    if folder is None:
        wanted = f"@ip-location-db/{package.name}@{VERSION}"
        subprocess.run(["npm", "pack", "--silent", wanted], cwd=scratch, check=True, stdout=subprocess.DEVNULL)
    raw = ((folder or scratch) / file).read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    if digest != package.sha256:
        raise SystemExit(f"{file} has SHA-256 {digest}, not the pinned {package.sha256}")
    return raw


def _member(archive: bytes, name: str) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        member = tar.extractfile(f"package/{name}")
        assert member is not None, name
        return member.read()


def build(archives: dict[str, bytes]) -> bytes:
    """The database, from the archives by package name."""
    families = {4: _family(archives, 4), 6: _family(archives, 6)}
    countries = as_countries((joined, V6_UNIT if version == 6 else 0) for version, (joined, _) in families.items())
    names: dict[str, str] = {}
    for _, found in families.values():
        for number, name in found.items():
            names.setdefault(number, name)
    records: dict[tuple[str, str], int] = {}
    ranges: list[Range] = []
    for joined, _ in (families[4], families[6]):
        for first, last, (registry, number, _) in joined:
            if not (registry or number):
                continue
            index = records.setdefault((registry, number), len(records))
            ranges.append((first, last, index))
    rows = []
    for registry, number in records:
        row: dict[str, str | int] = {}
        if number:
            row["asn"] = int(number)
            if names.get(number):
                row["as_name"] = names[number]
            if countries.get(number):
                row["as_country"] = countries[number]
        if registry:
            row["registry_country"] = registry
        rows.append(row)
    return write_mmdb(
        ranges,
        rows,
        database_type="Vuoto-Networks",
        description="Autonomous systems and registry countries; sources and licences in networks.LICENCES.txt",
        build_epoch=int(BUILT.timestamp()),
    )


Joined = list[tuple[int, int, tuple[str, ...]]]
"""First and last address; registry country, AS number and IPtoASN's country, `""` where silent."""


def _family(archives: dict[str, bytes], version: int) -> tuple[Joined, dict[str, str]]:
    """All words on one address family, cut where any of them changes, and the names of its autonomous systems."""

    def table(package: str) -> list[list[str]]:
        text = _member(archives[package], f"{package}-ipv{version}-num.csv").decode()
        return list(csv.reader(io.StringIO(text)))

    names: dict[str, str] = {}
    systems: list[Row] = []
    for first, last, number, name in table("asn"):
        systems.append((int(first), int(last), number))
        names.setdefault(number, trim_name(name))
    delegated = flatten((int(a), int(b), c) for a, b, c in table("asn-country") if c in COUNTRIES)
    said = flatten((int(a), int(b), c) for a, b, c in table("geo-whois-asn-country") if c in COUNTRIES)
    registry = prefer_delegations(said, delegated)
    announced = flatten(_iptoasn(archives["iptoasn-country-mmdb"], version))
    return join((registry, flatten(systems), announced)), names


def _iptoasn(archive: bytes, version: int) -> Iterator[Row]:
    raw = _member(archive, f"iptoasn-country-ipv{version}.mmdb")
    with maxminddb.open_database(io.BytesIO(raw), maxminddb.MODE_FD) as reader:
        for network, record in reader:
            if network.version == version and isinstance(record, dict):
                country = str(record["country_code"])
                if country in COUNTRIES:  # not "None", nor "AP" for a region
                    yield int(network.network_address), int(network.broadcast_address), country


def trim_name(name: str) -> str:
    """One line, at most `LONGEST_NAME` characters, cut between words."""
    name = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if len(name) <= LONGEST_NAME:
        return name
    cut = name[: LONGEST_NAME - 1]
    return cut[: cut.rfind(" ")].rstrip(" ,.-(") + "…" if " " in cut else cut + "…"


def flatten(rows: Iterable[Row]) -> list[Row]:
    """Sorted and disjoint rows; where rows overlap the narrowest one speaks, and of two equal ones the first in order."""
    ordered = sorted(rows, key=lambda row: (row[0], row[1] - row[0], row[2]))
    points = sorted({point for first, last, _ in ordered for point in (first, last + 1)})
    result: list[Row] = []
    open_rows: list[tuple[int, str, int]] = []  # width, word, last address
    index = 0
    for start, following in pairwise(points):
        while index < len(ordered) and ordered[index][0] == start:
            first, last, word = ordered[index]
            heappush(open_rows, (last - first, word, last))
            index += 1
        while open_rows and open_rows[0][2] < start:
            heappop(open_rows)
        if open_rows:
            _append(result, (start, following - 1, open_rows[0][1]))
    return result


def _append(rows: list[Row], row: Row) -> None:
    if rows and rows[-1][2] == row[2] and rows[-1][1] + 1 == row[0]:
        rows[-1] = (rows[-1][0], row[1], row[2])
    else:
        rows.append(row)


def prefer_delegations(said: Sequence[Row], delegated: Sequence[Row]) -> list[Row]:
    """`said`, but the delegation's word where a registry's own country spans whole delegations to others."""
    starts = [row[0] for row in said]
    over: list[Row] = []
    for first, last, country in delegated:
        index = bisect_right(starts, first) - 1
        if index < 0:
            continue
        row = said[index]
        wider = row[0] < first or row[1] > last
        if wider and row[1] >= last and row[2] in REGISTRY_SEATS and row[2] != country:
            over.append((first, last, country))
    result: list[Row] = []
    for first, last, (base, better) in join((said, over)):
        _append(result, (first, last, better or base))
    return result


def join(tables: Sequence[Sequence[Row]]) -> list[tuple[int, int, tuple[str, ...]]]:
    """The tables side by side: a row for each stretch in which none of them changes, `""` where one is silent."""
    points = sorted({point for rows in tables for first, last, _ in rows for point in (first, last + 1)})
    index = [0] * len(tables)
    result: list[tuple[int, int, tuple[str, ...]]] = []
    for start, following in pairwise(points):
        words = []
        for which, rows in enumerate(tables):
            while index[which] < len(rows) and rows[index[which]][1] < start:
                index[which] += 1
            here = index[which]
            words.append(rows[here][2] if here < len(rows) and rows[here][0] <= start else "")
        found = tuple(words)
        if not any(found):
            continue
        if result and result[-1][2] == found and result[-1][1] + 1 == start:
            result[-1] = (result[-1][0], following - 1, found)
        else:
            result.append((start, following - 1, found))
    return result


def as_countries(families: Iterable[tuple[Joined, int]]) -> dict[str, str]:
    """The country of each autonomous system: IPtoASN's word for most of what the system announces.

    IPtoASN gives an address the country of its autonomous system's registration, so nearly all systems have one; the few
    with more (a prefix that moved between two snapshots) take the larger share, IPv4 first, then IPv6.
    """
    share: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for joined, unit in families:
        for first, last, (_, number, country) in joined:
            if number and country:
                share[number][country][1 if unit else 0] += max(1, (last - first + 1) >> unit)
    return {number: max(found, key=lambda country: (found[country], country)) for number, found in sorted(share.items())}


def _description(network: bytes) -> bytes:
    """`networks.json`: what a report says of the file, so that it need not be hashed at each start."""
    day = BUILT.date().isoformat()
    content = {
        "name": "Vuoto networks",
        "snapshot": day,
        "sha256": hashlib.sha256(network).hexdigest(),
        "licence": "CC-BY-4.0",
        "parts": [
            {
                "name": f"ip-location-db {p.name} {VERSION}",
                "snapshot": day,
                "sha256": p.sha256,
                "licence": p.licence,
                "credit": p.credit,
            }
            for p in PACKAGES
        ],
    }
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


if __name__ == "__main__":
    sys.exit(main())
