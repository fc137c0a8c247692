"""Networks: autonomous system and registry country of an address, from the shipped `networks.mmdb` or the user's own MMDB.

The user's file is asked first. What it does not say is filled in from the shipped data, fact by fact, and `sources` says
which file said what; an autonomous system's number, name and country always come together from the file that gave the number.
How the shipped file is made, and under which licences, is in `docs/adr/0006-network-data.md` and `networks.LICENCES.txt`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vuoto.errors import InputError
from vuoto.facts.document import Reference
from vuoto.recipients.networks_shape import read_record
from vuoto.recipients.register import Answers, NetworkWord, Own, Register

if TYPE_CHECKING:
    from maxminddb.reader import Reader

NAT64: Final = "64:ff9b::"
"""The well-known prefix of RFC 6052: the last four bytes are the IPv4 address that is meant."""


def _open(own: Own) -> Answers:
    folder = files("vuoto.recipients.registers")
    described = json.loads((folder / "networks.json").read_bytes())
    snapshot = str(described["snapshot"])
    references = [
        Reference(
            name=str(part["name"]),
            snapshot=str(part["snapshot"]),
            sha256=str(part["sha256"]),
            licence=str(part["licence"]),
        )
        for part in (described, *described["parts"])
    ]
    shipped_file = folder / "networks.mmdb"
    shipped = _lazily(lambda: _open_shipped(shipped_file), f"networks.mmdb of {snapshot}")
    if own.networks is None:
        return Answers(references=tuple(references), network=shipped)
    reader, built = _open_own(own.networks, own.networks_name)
    digest = sha256(own.networks).hexdigest()
    references.append(
        Reference(name=own.networks_name or "own MMDB", snapshot=built, sha256=digest, licence="as the user holds it")
    )
    theirs = _lazily(lambda: reader, f"{own.networks_name or 'own MMDB'} of {built}")

    def network(ip: str) -> NetworkWord | None:
        return _joined(theirs(ip), shipped(ip))

    return Answers(references=tuple(references), network=network)


def _open_shipped(resource: object) -> Reader:
    from maxminddb import MODE_AUTO, MODE_FD, open_database

    if isinstance(resource, Path):  # mapped, so that a start costs no 13 MB of reading
        return open_database(resource, MODE_AUTO)
    return open_database(BytesIO(resource.read_bytes()), MODE_FD)  # type: ignore[attr-defined]  # a Traversable in an archive


def _open_own(content: bytes, name: str) -> tuple[Reader, str]:
    """The reader and the day the file was built. Raises `InputError`."""
    from datetime import UTC, datetime

    from maxminddb import MODE_FD, open_database

    next_step = "Give an MMDB file, such as GeoLite2-Country.mmdb or DB-IP's country or ASN database"
    try:
        reader = open_database(BytesIO(content), MODE_FD)
        metadata = reader.metadata()
        built = datetime.fromtimestamp(metadata.build_epoch, UTC).date().isoformat()
        reader.get("192.0.2.1")  # a broken tree shows at the first look
    except Exception as error:  # the reader raises what broken bytes make it stumble over: nine types were seen
        raise InputError("not a MaxMind DB file", where=name or None, next_step=next_step) from error
    return reader, built


def _lazily(open_reader: Callable[[], Reader], title: str) -> Callable[[str], NetworkWord | None]:
    opened: list[Reader] = []

    def network(ip: str) -> NetworkWord | None:
        if not opened:
            opened.append(open_reader())
        asked, through = (_embedded(ip), " (behind the NAT64 prefix, RFC 6052)") if ip.startswith(NAT64) else (ip, "")
        try:
            record = opened[0].get(asked)
        except Exception:  # noqa: BLE001  # a user's own file may be broken anywhere; then it does not speak on this address
            return None
        return read_record(record, title + through)

    return network


def _embedded(ip: str) -> str:
    from ipaddress import IPv4Address, IPv6Address

    return str(IPv4Address(int(IPv6Address(ip)) & 0xFFFF_FFFF))


def _joined(first: NetworkWord | None, second: NetworkWord | None) -> NetworkWord | None:
    """`first`, with what it does not say from `second`."""
    if first is None or second is None:
        return first or second
    joined = first
    used = False
    if first.asn is None:
        joined = replace(joined, asn=second.asn, as_name=second.as_name, as_country=first.as_country or second.as_country)
        used = second.asn is not None
    elif first.asn == second.asn:
        used = (first.as_name is None and second.as_name is not None) or (
            first.as_country is None and second.as_country is not None
        )
        joined = replace(joined, as_name=first.as_name or second.as_name, as_country=first.as_country or second.as_country)
    if first.registry_country is None and second.registry_country is not None:
        joined = replace(joined, registry_country=second.registry_country)
        used = True
    return replace(joined, sources=first.sources + second.sources) if used else joined


REGISTER = Register(name="networks", confidence=50, open=_open)
