"""Reads a device profile: the values that the owner knows, in TOML or JSON."""

from __future__ import annotations

import difflib
import ipaddress
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from vuoto.errors import InputError
from vuoto.facts.device import DeviceProfile
from vuoto.facts.vocabulary import KINDS

LONGEST_PROFILE: Final = 64 << 20
"""Bytes of a profile that are read: some hundred thousand values."""

LONGEST_VALUE: Final = 512
"""Characters of one value: longer ones are texts, not identifiers, and every form of them would be kept."""

MOST_VALUES: Final = 200_000
"""Values of a profile: each has some hundred forms that are kept in memory."""

TRACKHAR: Final = {
    "advertisingId": "advertising_id",
    "androidId": "android_id",
    "bluetoothAddress": "bluetooth_address",
    "bssid": "bssid",
    "carrier": "carrier",
    "developerScopedId": "vendor_id",
    "deviceId": "installation_id",
    "email": "email",
    "iccid": "iccid",
    "idfa": "advertising_id",
    "gaid": "advertising_id",
    "idfv": "vendor_id",
    "imei": "imei",
    "imeisv": "imeisv",
    "imsi": "imsi",
    "installationId": "installation_id",
    "language": "locale_timezone",
    "locale": "locale_timezone",
    "localIp": "local_ip",
    "macAddress": "mac_address",
    "meid": "meid",
    "model": "device_model",
    "msisdn": "msisdn",
    "osVersion": "os_build",
    "phoneNumber": "phone_number",
    "serial": "serial_number",
    "serialNumber": "serial_number",
    "ssid": "ssid",
    "timezone": "locale_timezone",
    "userId": "account",
    "userName": "account",
    "viewedPage": "browsing_history",
    "websiteUrl": "browsing_history",
    "wifiMacAddress": "mac_address",
    "cellId": "cell_id",
    "name": "person_name",
}
"""TrackHAR's property names, and those that its users write beside them, for which the contract has a kind."""

_CUSTOM: Final = (
    "accelerometerX accelerometerY accelerometerZ appId appName appVersion architecture batteryLevel browserId "
    "browserWindowHeight browserWindowWidth campaignCreative campaignCreativePosition campaignMedium campaignName "
    "campaignSource campaignTerm consentState country currency deviceName diskFree diskTotal diskUsed errorInformation "
    "hashedAdvertisingId installTime interactedElement isAutomated isCharging isConversion isDntEnabled isEmulator "
    "isFirstLaunch isInDarkMode isInForeground isJsEnabled isMobileDevice isRoaming isRooted isUserActive isUserInactive "
    "lastActivityTime manufacturer networkConnectionType orientation osName otherIdentifiers pageHeight pageWidth "
    "propertyId publicIp pushNotificationToken ramFree ramTotal ramUsed referer revenue rotationX rotationY rotationZ "
    "screenColorDepth screenHeight screenWidth scrollPositionX scrollPositionY segment sessionCount sessionDuration "
    "sessionId signalStrengthCellular signalStrengthWifi startTime state timeSpent trackerSdkVersion uptime userAction "
    "userActionSource userActiveTime userAgent userGender userInterests viewedPageCategory viewedPageKeywords "
    "viewedPageLanguage volume websiteName"
)
CUSTOM: Final = frozenset(_CUSTOM.split())
"""TrackHAR's property names for which the contract has no kind; they become `custom:<name>`."""

MOST_MISTAKES: Final = 20
"""Mistakes of a profile that are named at once."""

_EXAMPLE: Final = 'Write a kind and its values, as in `imei = ["490154203237518"]`'


def read_profile(text: bytes, name: str) -> DeviceProfile:
    """The profile in `text`; `name` is what an error calls the file.

    TOML, or JSON where the first character is `{`. Keys: kinds of the contract, `custom:<name>`, `addresses`, `country`; in JSON
    also TrackHAR's property names. Values: a string or a list of strings (numbers as written, booleans left out). Raises
    `InputError` that names the key and the nearest known one.
    """
    if len(text) > LONGEST_PROFILE:
        raise InputError(f"the device profile is larger than {LONGEST_PROFILE >> 20} MiB", where=name, next_step=_EXAMPLE)
    content, is_json = _parse(text, name)
    given = _Given(name=name, is_json=is_json)
    mistakes: list[InputError] = []
    for key, value in content.items():
        try:
            given.take(key, value)
        except InputError as mistake:
            mistakes.append(mistake)
    if mistakes:
        raise _all_of(mistakes, name)
    values = given.values | set(_pairs(given.halves))
    if len(values) > MOST_VALUES:
        raise InputError(f"the device profile has more than {MOST_VALUES} values", where=name, next_step="Split it")
    return DeviceProfile(values=tuple(sorted(values)), addresses=tuple(sorted(set(given.addresses))), country=given.country)


@dataclass(slots=True, kw_only=True)
class _Given:
    """What the keys read so far say."""

    name: str
    is_json: bool
    values: set[tuple[str, str]] = field(default_factory=set)
    addresses: list[str] = field(default_factory=list)
    country: str | None = None
    halves: dict[str, list[str]] = field(default_factory=dict)

    def take(self, key: str, value: object) -> None:
        """Reads one key. Raises `InputError` for what cannot be meant."""
        listed = _strings(key, value, self.name)
        if key == "addresses":
            self.addresses += [_address(item, self.name) for item in listed]
        elif key == "country" and len(listed) == 1 and len(listed[0]) == 2 and listed[0].isascii() and listed[0].isalpha():
            self.country = listed[0].upper()
        elif key == "country" and not self.is_json:
            step = 'Write its two letters, as in `country = "NO"`'
            raise InputError("`country` is not a country", where=self.name, next_step=step)
        elif key in ("latitude", "longitude"):
            self.halves[key] = listed
        else:
            kind = _kind(key, self.name, is_json=self.is_json)
            self.values.update((kind, item) for item in listed if item.strip())


def _pairs(halves: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    for latitude, longitude in zip(halves.get("latitude", []), halves.get("longitude", []), strict=False):
        yield "coordinates", f"{latitude},{longitude}"


def _all_of(mistakes: list[InputError], name: str) -> InputError:
    """One error that says all: whoever mends a file wants to mend it once."""
    if len(mistakes) == 1:
        return mistakes[0]
    lines = [f"  {mistake.what}. {mistake.next_step}" for mistake in mistakes[:MOST_MISTAKES]]
    more = [f"  and {len(mistakes) - MOST_MISTAKES} more"] if len(mistakes) > MOST_MISTAKES else []
    return InputError("\n".join([f"{len(mistakes)} mistakes", *lines, *more]), where=name)


def _parse(text: bytes, name: str) -> tuple[dict[str, object], bool]:
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("the device profile is not UTF-8 text", where=name, next_step="Save it as UTF-8") from None
    is_json = decoded.lstrip()[:1] in ("{", "[")
    try:
        content = json.loads(decoded) if is_json and not _is_toml_table(decoded) else tomllib.loads(decoded)
    except (ValueError, RecursionError) as error:
        language = "JSON" if is_json else "TOML"
        raise InputError(f"the device profile is not {language}: {str(error)[:200]}", where=name, next_step=_EXAMPLE) from None
    if not isinstance(content, dict):
        raise InputError("the device profile is a list, not a table of kinds", where=name, next_step=_EXAMPLE)
    return content, is_json


def _is_toml_table(text: str) -> bool:
    """Whether what begins with `[` is a table header of TOML and not a list of JSON."""
    first = text.lstrip().splitlines()[0].strip()
    return first.startswith("[") and first.endswith("]") and '"' not in first and "," not in first and len(first) > 2


def _strings(key: str, given: object, name: str) -> list[str]:
    listed = given if isinstance(given, list) else [given]
    result: list[str] = []
    for item in listed:
        if isinstance(item, bool) or item is None:
            continue
        if not isinstance(item, str | int | float):
            raise InputError(
                f"`{key}` holds a {_word(item)} where a text is expected",
                where=name,
                next_step=f'Write `{key} = "…"` or a list of texts',
            )
        text = str(item)
        if len(text) > LONGEST_VALUE:
            raise InputError(f"a value of `{key}` is longer than {LONGEST_VALUE} characters", where=name, next_step="Shorten it")
        result.append(text)
    return result


def _word(item: object) -> str:
    return "table" if isinstance(item, dict) else "list" if isinstance(item, list) else "date"


def _address(text: str, name: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        raise InputError(
            f"`addresses` holds {text[:64]!r}, which is no IP address",
            where=name,
            next_step='Write it as in `addresses = ["192.0.2.7"]`',
        ) from None


def _kind(key: str, name: str, *, is_json: bool) -> str:
    if key in KINDS:
        return key
    if key.startswith("custom:") and len(key) > len("custom:"):
        return key
    if is_json and key in TRACKHAR:
        return TRACKHAR[key]
    if is_json and key in CUSTOM:
        return f"custom:{key}"
    known = sorted({*KINDS, "addresses", "country", *(TRACKHAR if is_json else ()), *(CUSTOM if is_json else ())})
    near = _nearest(key, known)
    step = f"Did you mean `{near}`? " if near else ""
    raise InputError(
        f"`{key[:64]}` is no kind of value that can be looked for",
        where=name,
        next_step=f'{step}A kind of your own is written `"custom:{key[:64]}"`',
    )


def _nearest(key: str, known: list[str]) -> str | None:
    """The known key that `key` was probably meant to be; letters swapped count as nearer than letters replaced."""
    if key in TRACKHAR:
        return TRACKHAR[key]
    wanted = key[:64].lower().replace("-", "_")
    likeness = {k: difflib.SequenceMatcher(None, wanted, k.lower()).ratio() + 0.1 * (sorted(wanted) == sorted(k)) for k in known}
    best = max(known, key=lambda k: likeness[k])
    return best if likeness[best] >= 0.5 else None
