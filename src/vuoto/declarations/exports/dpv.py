"""The declaration in the W3C Data Privacy Vocabulary 2.3, as JSON-LD 1.1 (https://w3id.org/dpv, its extensions pd, loc, eu-gdpr).

The vocabulary has no term for an IMEI, an IMSI, an ICCID, a serial number or a cell id: those are named with the nearest broader
term, and every kind keeps its own word of the contract under `dct:identifier`.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from vuoto.declarations.form import Export
from vuoto.facts.declarations import Declaration, DeclaredRecipient, Processing, TransferTool
from vuoto.facts.vocabulary import kind_of

_CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "loc": "https://w3id.org/dpv/loc#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

_LEGAL_BASIS = {
    "consent": "eu-gdpr:A6-1-a",
    "contract": "eu-gdpr:A6-1-b",
    "legal-obligation": "eu-gdpr:A6-1-c",
    "vital-interests": "eu-gdpr:A6-1-d",
    "public-task": "eu-gdpr:A6-1-e",
    "legitimate-interests": "eu-gdpr:A6-1-f",
}

_TOOL = {
    "adequacy": "eu-gdpr:A45-3",
    "bcr": "eu-gdpr:A46-2-b",
    "scc": "eu-gdpr:A46-2-c",
    "code-of-conduct": "eu-gdpr:A46-2-e",
    "certification": "eu-gdpr:A46-2-f",
    "ad-hoc": "eu-gdpr:A46-3-a",
}

_PARTY = {
    "controller": ("dpv:DataController", "dpv:hasRecipientDataController"),
    "joint-controller": ("dpv:JointDataControllers", "dpv:hasRecipientDataController"),
    "processor": ("dpv:DataProcessor", "dpv:hasDataProcessor"),
    "third-party": ("dpv:ThirdParty", "dpv:hasRecipientThirdParty"),
}

_PERSONAL_DATA = {
    "mac_address": "pd:MACAddress",
    "bssid": "pd:MACAddress",
    "bluetooth_address": "pd:MACAddress",
    "coordinates": "pd:GPSCoordinate",
    "cell_id": "pd:Location",
    "local_ip": "pd:IPAddress",
    "email": "pd:EmailAddress",
    "phone_number": "pd:TelephoneNumber",
    "msisdn": "pd:TelephoneNumber",
    "person_name": "pd:Name",
    "account": "pd:AccountIdentifier",
    "credential": "pd:Password",
    "installed_apps": "pd:DeviceApplications",
    "contact": "pd:Contact",
    "message_content": "pd:Communication",
    "browsing_history": "pd:BrowserHistory",
    "os_build": "pd:DeviceOperatingSystem",
    "device_model": "pd:DeviceBased",
    "locale_timezone": "pd:Language",
}
_BY_FAMILY = {
    "device": "pd:UID",
    "subscriber": "pd:UID",
    "software": "pd:UID",
    "place": "pd:Location",
    "technical": "pd:DeviceBased",
}


def _render(declaration: Declaration) -> bytes:
    import orjson

    controller = declaration.controller
    graph: list[dict[str, Any]] = [
        {
            "@id": "#controller",
            "@type": "dpv:DataController",
            "dpv:hasName": controller.name,
            "dpv:hasContact": controller.contact,
            "dpv:hasCountry": {"@id": f"loc:{controller.country}"},
        }
    ]
    graph += [_party(r) for r in declaration.recipients]
    recipients = {r.key: r for r in declaration.recipients}
    graph += [_process(p, recipients) for p in declaration.processing]
    document = {"@context": _CONTEXT, "@graph": graph}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _party(recipient: DeclaredRecipient) -> dict[str, Any]:
    node: dict[str, Any] = {
        "@id": f"#recipient-{_fragment(recipient.key)}",
        "@type": _PARTY[recipient.role][0],
        "dpv:hasName": recipient.name,
        "dpv:hasIdentifier": list(recipient.hosts),
    }
    if recipient.country:
        node["dpv:hasCountry"] = {"@id": f"loc:{recipient.country}"}
    return node


def _process(processing: Processing, recipients: dict[str, DeclaredRecipient]) -> dict[str, Any]:
    name = _fragment(processing.key)
    node: dict[str, Any] = {
        "@id": f"#process-{name}",
        "@type": "dpv:Process",
        "dct:title": [{"@language": language, "@value": title} for language, title in processing.title],
        "dpv:hasDataController": {"@id": "#controller"},
        "dpv:hasDataSubject": {"@id": "dpv:User"},
        "dpv:hasPurpose": {"@id": f"#purpose-{name}", "@type": "dpv:Purpose", "dct:description": processing.purpose},
        "dpv:hasLegalBasis": {"@id": _LEGAL_BASIS[processing.legal_basis]},
        "dpv:hasPersonalData": [_data(name, kind) for kind in processing.data],
    }
    if processing.retention:
        duration = {"@type": "dpv:StorageDuration", "dct:extent": {"@type": "xsd:duration", "@value": processing.retention}}
        node["dpv:hasStorageCondition"] = {"@type": "dpv:StorageCondition", "dpv:hasDuration": duration}
    if processing.opt_out:
        node["dpv:hasEntityControl"] = {"@id": "dpv:OptingOutFromProcess"}
    transfers = []
    for key in processing.recipients:
        recipient = recipients[key]
        node.setdefault(_PARTY[recipient.role][1], []).append({"@id": f"#recipient-{_fragment(key)}"})
        if recipient.transfer:
            transfers.append(_transfer(f"{name}-{_fragment(key)}", recipient, recipient.transfer))
    if transfers:
        node["dpv:hasProcess"] = transfers
    return node


def _data(process: str, kind: str) -> dict[str, Any]:
    known = kind_of(kind)
    term = _PERSONAL_DATA.get(kind) or _BY_FAMILY.get(known.family) or "dpv:PersonalData"
    return {"@id": f"#data-{process}-{_fragment(kind)}", "@type": term, "dct:identifier": kind, "dct:title": known.title}


def _transfer(name: str, recipient: DeclaredRecipient, tool: TransferTool) -> dict[str, Any]:
    node: dict[str, Any] = {
        "@id": f"#transfer-{name}",
        "@type": "dpv:Process",
        "dpv:hasProcessing": {"@id": "dpv:Transfer"},
        "dpv:hasDataImporter": {"@id": f"#recipient-{_fragment(recipient.key)}"},
    }
    term = _derogation(tool.reference) if tool.tool == "derogation" else _TOOL[tool.tool]
    if term:
        node["dpv:hasLegalBasis"] = {"@id": term}
    if tool.reference:
        node["dct:source"] = tool.reference
    if tool.since or tool.until:
        node["dct:valid"] = f"{tool.since or ''}/{tool.until or '..'}"
    return node


def _derogation(reference: str | None) -> str | None:
    """`eu-gdpr:A49-1-a` for `49(1)(a)`; `None` where no point is named: there is no term for art. 49 itself."""
    letters = [c for c in (reference or "").lower() if c.isalnum()]
    point = letters[-1] if letters and "49" in (reference or "") else ""
    return f"eu-gdpr:A49-1-{point}" if point in set("abcdefg") else None


def _fragment(text: str) -> str:
    return quote(text, safe="-_")


EXPORT = Export(
    name="dpv",
    title="W3C Data Privacy Vocabulary, as JSON-LD",
    suffix=".jsonld",
    media_type="application/ld+json",
    render=_render,
)
