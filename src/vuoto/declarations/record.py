"""The record of processing activities of GDPR art. 30(1), as far as the declaration holds it: points (a) to (f).

Not in it: the general description of security measures (g) and the data protection officer, which the declaration does not carry.
"""

from __future__ import annotations

from typing import Any

from vuoto.facts.declarations import Declaration, DeclaredRecipient


def record(declaration: Declaration) -> dict[str, Any]:
    """The record as plain values, in the order in which art. 30(1) asks for them."""
    controller = declaration.controller
    recipients = {r.key: r for r in declaration.recipients}
    return {
        "record": "GDPR art. 30(1)",
        "version": declaration.version,
        "controller": {
            "name": controller.name,
            "country": controller.country,
            "contact": controller.contact,
            "lead_authority": controller.authority,
        },
        "activities": [
            {
                "key": p.key,
                "title": dict(p.title),
                "purpose": p.purpose,
                "legal_basis": p.legal_basis,
                "data_subjects": "people who use the device",
                "data": list(p.data),
                "recipients": [_recipient(recipients[key]) for key in p.recipients],
                "retention": p.retention,
                "opt_out": p.opt_out,
                "events": list(p.events),
            }
            for p in declaration.processing
        ],
    }


def _recipient(recipient: DeclaredRecipient) -> dict[str, Any]:
    tool = recipient.transfer
    return {
        "key": recipient.key,
        "name": recipient.name,
        "role": recipient.role,
        "country": recipient.country,
        "hosts": list(recipient.hosts),
        "transfer": None
        if tool is None
        else {
            "tool": tool.tool,
            "reference": tool.reference,
            "since": tool.since.isoformat() if tool.since else None,
            "until": tool.until.isoformat() if tool.until else None,
        },
    }
