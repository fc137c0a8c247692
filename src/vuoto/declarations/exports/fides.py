"""The declaration as a manifest of Fides (fideslang 3): `system` with its `privacy_declarations`, in YAML 1.2.

Written without the library: every text is a JSON string, which is a YAML double-quoted scalar (YAML 1.2.2 §1.3). One system per
recipient. Fides' own words are used where it has them; it has none for an IMEI or an ICCID, so kinds become its nearest category.
`data_use` is our reading of the legal basis, because the declaration does not carry Fides' taxonomy of uses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from vuoto.declarations.form import Export
from vuoto.facts.declarations import Declaration, DeclaredRecipient, Processing
from vuoto.facts.vocabulary import kind_of

Value = str | bool | Sequence["Value"] | Mapping[str, "Value"]

_LEGAL_BASIS: Final = {
    "consent": "Consent",
    "contract": "Contract",
    "legal-obligation": "Legal obligations",
    "vital-interests": "Vital interests",
    "public-task": "Public interest",
    "legitimate-interests": "Legitimate interests",
}
_TRANSFER: Final = {"adequacy": "Adequacy Decision", "scc": "SCCs", "bcr": "BCRs"}
_ROLE: Final = {"controller": "Controller", "joint-controller": "Co-Controller", "processor": "Processor"}
_CATEGORY: Final = {
    "coordinates": "user.location.precise",
    "cell_id": "user.location.imprecise",
    "bssid": "user.location.imprecise",
    "ssid": "user.location.imprecise",
    "local_ip": "user.device.ip_address",
    "advertising_id": "user.device.cookie_id",
    "email": "user.contact.email",
    "phone_number": "user.contact.phone_number",
    "msisdn": "user.contact.phone_number",
    "person_name": "user.name",
    "account": "user.account.username",
    "credential": "user.authorization.credentials",
    "contact": "user.contact",
    "message_content": "user.content.private",
    "browsing_history": "user.behavior.browsing_history",
    "installed_apps": "user.device",
    "usage_event": "user.telemetry",
    "locale_timezone": "user.device",
}
_BY_FAMILY: Final = {
    "device": "user.device.device_id",
    "subscriber": "user.device.device_id",
    "software": "user.unique_id",
    "technical": "user.device",
}


def _category(kind: str) -> str:
    return _CATEGORY.get(kind) or _BY_FAMILY.get(kind_of(kind).family) or "user"


def _render(declaration: Declaration) -> bytes:
    systems: list[Value] = [_system(declaration, r) for r in declaration.recipients]
    return ("\n".join(_yaml({"system": systems}, 0)) + "\n").encode()


def _system(declaration: Declaration, recipient: DeclaredRecipient) -> Mapping[str, Value]:
    controller = declaration.controller
    system: dict[str, Value] = {
        "fides_key": _key(recipient.key),
        "name": recipient.name,
        "description": "Receives at " + ", ".join(recipient.hosts),
        "system_type": "Third Party" if recipient.role == "third-party" else "Service",
        "legal_name": recipient.name,
        "dpo": controller.contact,
        "processes_personal_data": True,
        "does_international_transfers": recipient.transfer is not None,
    }
    if recipient.transfer:
        system["legal_basis_for_transfers"] = [_TRANSFER.get(recipient.transfer.tool, "Other")]
    if recipient.role in _ROLE:
        system["responsibility"] = [_ROLE[recipient.role]]
    if recipient.role == "joint-controller":
        system["joint_controller_info"] = f"{controller.name}; {recipient.name}"
    uses = sorted((p for p in declaration.processing if recipient.key in p.recipients), key=lambda p: p.key)
    system["privacy_declarations"] = [_declaration(p, recipient) for p in uses]
    return system


def _declaration(processing: Processing, recipient: DeclaredRecipient) -> Mapping[str, Value]:
    titles = dict(processing.title)
    shared = recipient.role == "third-party"
    result: dict[str, Value] = {
        "name": titles.get("en") or next(iter(titles.values()), processing.key),
        "data_categories": sorted({_category(k) for k in processing.data}),
        "data_use": "essential.service" if processing.legal_basis == "contract" else "functional.service",
        "data_subjects": ["customer"],
        "features": [processing.purpose],
        "legal_basis_for_processing": _LEGAL_BASIS[processing.legal_basis],
        "flexible_legal_basis_for_processing": False,
        "data_shared_with_third_parties": shared,
    }
    if processing.retention:
        result["retention_period"] = processing.retention
    if shared:
        result["third_parties"] = recipient.name
    return result


def _key(text: str) -> str:
    # fideslang: a key holds letters, digits, `.`, `_`, `<`, `>` and `-` only.
    return re.sub(r"[^a-zA-Z0-9_.-]", "_", text)


def _yaml(value: Mapping[str, Value], depth: int) -> Iterator[str]:
    for key, item in value.items():
        yield from _entry("  " * depth, key, item, depth)


def _entry(indent: str, key: str, item: Value, depth: int) -> Iterator[str]:
    if isinstance(item, Mapping):
        yield f"{indent}{key}:"
        yield from _yaml(item, depth + 1)
    elif isinstance(item, str | bool):
        yield f"{indent}{key}: {_scalar(item)}"
    elif not item:
        yield f"{indent}{key}: []"
    else:
        yield f"{indent}{key}:"
        for element in item:
            if isinstance(element, Mapping):
                lines = list(_yaml(element, depth + 2))
                yield "  " * (depth + 1) + "- " + lines[0].lstrip(" ")
                yield from lines[1:]
            elif isinstance(element, str | bool):
                yield "  " * (depth + 1) + "- " + _scalar(element)


def _scalar(item: str | bool) -> str:
    return json.dumps(item)


EXPORT = Export(
    name="fides",
    title="Manifest of Fides (fideslang), as YAML",
    suffix=".yml",
    media_type="application/yaml",
    render=_render,
)
