"""Names by which mobile networks show themselves on telephones (the service provider name of 3GPP TS 22.101 annex A.4).

They tell an operator from a parcel service and from a comparison in a query. Brands gathered by hand, those that are no word of
a language; one that is missing is only not known where the field's name does not tell.
"""

from __future__ import annotations

import re
from typing import Final

_BRANDS: Final = (
    "airtel altice antel at&t avea babilon beeline bharti bouygues bsnl cellcom chinanet chunghwa claro cmcc cmhk "
    "congstar cosmote "
    "cyta digicel djezzy docomo e-plus elisa emtel entel etisalat fastweb giffgaff globacell halebop ideacellular iliad inwi jio "
    "kcell kddi koodo kyivstar lebara lifecell lmt lycamobile magticom masmovil maxis megafon megafone metropcs mobifone mobily "
    "mobitel moldcell movicel movilnet movistar mtc mtel mtn mts ncell netcom nextel omantel ooredoo optus orascom pelephone "
    "proximus rakuten rogers safaricom sasktel sfr singtel sktelecom skt smartfren softbank sunrise swisscom "
    "t-mobile tele2 telcel "
    "telefonica telekom telekomunikasi telenet telenor telia teliasonera telkom telkomsel telma telmore telstra "
    "telus tigo tmobile "
    "tracfone turkcell u-mobile ucom ufone umniah uscellular velcom verizon viettel vimpelcom vinaphone vivacom vodacom vodafone "
    "warid wataniya windtre yettel yoigo zain zamtel zong 中国移动 中国联通 中国电信 中国广电 中華電信 "
    "мтс билайн мегафон теле2 київстар"
)
_NAMES: Final = frozenset(
    (
        "china mobile", "china unicom", "china telecom", "china broadnet", "orange f", "o2 - de", "o2 - uk", "o2-uk", "o2",
        "3 uk", "three uk", "ice norge", "lg u+", "free mobile", "virgin mobile", "wind tre", "google fi", "mint mobile",
        "true-h", "hot mobile", "one nz", "spark nz", "vi india", "3 dk", "3 se", "comviq", "dtac",
    )
)  # fmt: skip
"""Whole names whose first word is one of the language."""

_KNOWN: Final = frozenset(_BRANDS.split())

_FIRST: Final = re.compile(r"[^\s_(/|,]+")


def is_operator(name: str) -> bool:
    """Whether `name` is, or begins with, the brand of a mobile network."""
    text = name.strip().lower()
    first = _FIRST.match(text)
    return text in _NAMES or (first is not None and first.group() in _KNOWN)
