"""Advertising ID: Google's (GAID, AAID), Apple's (IDFA), and those of other systems: a UUID (RFC 9562)."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.checks import uuid_text
from vuoto.disclosures.identifier import Identifier, Reading, phrases

_OAID: Final = re.compile(r"[0-9a-f]{16}|[0-9a-f]{64}")
"""The OAID of makers that do not use a UUID: the alliance's interface (MSA, T/TAF 095) promises no more than a text."""


def read(value: str) -> Reading | None:
    """A UUID that is not all zeros, which stands for a person who opted out; or 16 or 64 hexadecimal digits (OAID)."""
    text = uuid_text(value, dashless=False)
    if text is not None:
        return Reading(text, "holds", "a UUID (RFC 9562 §4) that is not the opt-out value")
    text = uuid_text(value)
    if text is not None:
        return Reading(text, "none", "32 hexadecimal digits, a UUID without its dashes")
    text = value.strip().lower()
    if _OAID.fullmatch(text) and len(set(text)) > 3:
        return Reading(text, "none", f"{len(text)} hexadecimal digits, as makers of telephones for China form theirs")
    return None


IDENTIFIER = Identifier(
    kind="advertising_id",
    names=phrases(
        "advertising id, advertiser id, adid, gaid, aaid, idfa, aifa, google advertising id, google ad id, google aid",
        "google adid, google adv id, gps adid, gps aid, advertising identifier, identifier for advertising",
        "identifier for advertisers, ifa, rdid, advertising, google play advertising id, amazon advertising id",
        "fire adid, oaid, huawei oaid, apple idfa, ios idfa, ios ifa, google gaid, android advertising id, adv id",
        "android adid, android gaid, advertising tracking id, ios advertising id, apple advertising id, android aaid",
        "play ad id, google play ad id, gpid, idfa id, maid, mobile advertising id, ad tracking id, raw idfa, google aaid",
        "waid, adver id, advert id, amazon ad id, gadid, goaid, vaid oaid, windows advertising id, honor oaid",
        "hms oaid, roku ad id, ad info id, advertising info id, advertising id info id",
        "advertiser tracking id, adsid, tifa, lgudid, psid, vida, afai, msai, idfa uuid",
    ),
    hints=phrases("ad id, advertisement id, ad identifier, advertise id, aid, ads id, ad user id, lat id"),
    anywhere=phrases("gaid, idfa, oaid, aaid, advertising id, advertiser id"),
    read=read,
    clause="RFC 9562 §4; Google Play services AdvertisingIdClient; Apple ASIdentifierManager",
    reasoning="It is made to recognise one person's device across all apps.",
    limitations="Any UUID looks the same; so without a name it is not reported.",
)
