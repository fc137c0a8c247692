"""Installation ID: what a library gives itself to recognise the device or the installation again."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.checks import is_missing, is_opaque, uuid_text
from vuoto.disclosures.identifier import Identifier, Reading, phrases

_APPLE: Final = re.compile(r"0000[0-9A-F]{4}-[0-9A-F]{16}", re.IGNORECASE)

_ADVERTISING: Final = ("ifa:", "idfa:", "gaid:", "adid:", "aaid:", "oaid:")
"""What stands before an identifier that is another kind (`udid=ifa:…`)."""


def read(value: str) -> Reading | None:
    """A UUID, or an opaque token of eight characters or more with digits in it."""
    text = uuid_text(value, dashless=False)
    if text is not None:
        return Reading(text, "holds", "a UUID (RFC 9562 §4)")
    text = value.strip()
    if _APPLE.fullmatch(text):
        return Reading(text, "holds", "a UDID as Apple writes it since 2018")
    if is_missing(text) or not is_opaque(text, 8) or text.lower().startswith(_ADVERTISING):
        return None
    return Reading(text, "none", "an opaque token, made to tell one installation from another")


IDENTIFIER = Identifier(
    kind="installation_id",
    names=phrases(
        "install id, installation id, app instance id, firebase instance id, firebase installation id, app install id",
        "installation uuid, install uuid, app installation id, device uuid, anon id, device guid",
        "persistent ios uuid, android uuid, ios uuid, appsflyer id, af user id, device fingerprint id",
        "anonymous device id, randomized device token, appmetrica device id, installation identifier, install guid",
        "utdid, qimei",
        "persistent device id, app device id, installation guid, uuid install, app installation uuid, firebase install id",
    ),
    hints=phrases(
        "device, devices, device id, udid, hardware id, hwid, dev id, phone id, terminal id, device identifier, unique device id",
        "machine id, distinct id, visitor id, anonymous id, fid, unique id, instance id, device unique id, did",
        "client device id, deviceid, tracking id, android id, equipment id, client uuid, ad id, vendor id",
    ),
    anywhere=phrases("installation id, install id, installation uuid, installation guid, app instance id, device id, deviceid"),
    vague=phrases(
        "iid, uid, client id, instance id, device token, push token, registration token, fcm token, gcm token, apns token",
        "identity id",
    ),
    shy=phrases("fid"),
    company=phrases("auth version, firebase app id, google app id, app instance id token"),
    never=phrases("input device id, output device id, audio input device id, audio output device id, media device id"),
    read=read,
    clause="RFC 9562 §4",
    reasoning="It recognises one installation, and so one person's device, over time.",
    limitations="Nothing but the field's name tells it from the number of a request or a session.",
)
