"""Completes the files of one source with each other's constants, as a compiler does that writes them where they are used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from vuoto.firmware.provenance.constants import Code, Known, Name, Opaque, evaluate, texts_and_numbers
from vuoto.firmware.provenance.source_file import ParsedFile, value_words

MAX_ROUNDS: Final = 6
"""How often constants are made of constants: chains of more than three are rare, and a loop ends here."""

JDK: Final[dict[Name, Known]] = {
    Name("Integer", "MAX_VALUE"): (1 << 31) - 1,
    Name("Integer", "MIN_VALUE"): -(1 << 31),
    Name("Long", "MAX_VALUE"): (1 << 63) - 1,
    Name("Long", "MIN_VALUE"): -(1 << 63),
    Name("Short", "MAX_VALUE"): (1 << 15) - 1,
    Name("Short", "MIN_VALUE"): -(1 << 15),
    Name("Character", "MAX_VALUE"): (1 << 16) - 1,
    Name("Double", "MAX_VALUE"): 1.7976931348623157e308,
    Name("Double", "MIN_VALUE"): 4.9e-324,
    Name("Float", "MAX_VALUE"): 3.4028234663852886e38,
    Name("Double", "POSITIVE_INFINITY"): float("inf"),
    Name("Float", "POSITIVE_INFINITY"): float("inf"),
    Name("Double", "NaN"): float("nan"),
}
"""Constants of Java itself that compilers write out."""

SERVICES: Final = {
    "ACCESSIBILITY": "accessibility",
    "ACCOUNT": "account",
    "ACTIVITY": "activity",
    "ALARM": "alarm",
    "APP_OPS": "appops",
    "AUDIO": "audio",
    "BATTERY": "batterymanager",
    "BLUETOOTH": "bluetooth",
    "CAMERA": "camera",
    "CARRIER_CONFIG": "carrier_config",
    "CLIPBOARD": "clipboard",
    "CONNECTIVITY": "connectivity",
    "DEVICE_POLICY": "device_policy",
    "DOWNLOAD": "download",
    "INPUT_METHOD": "input_method",
    "JOB_SCHEDULER": "jobscheduler",
    "KEYGUARD": "keyguard",
    "LAYOUT_INFLATER": "layout_inflater",
    "LOCATION": "location",
    "NOTIFICATION": "notification",
    "NSD": "servicediscovery",
    "POWER": "power",
    "SEARCH": "search",
    "SENSOR": "sensor",
    "STORAGE": "storage",
    "TELECOM": "telecom",
    "TELEPHONY": "phone",
    "TELEPHONY_SUBSCRIPTION": "telephony_subscription_service",
    "UI_MODE": "uimode",
    "USB": "usb",
    "USER": "user",
    "VIBRATOR": "vibrator",
    "WALLPAPER": "wallpaper",
    "WIFI": "wifi",
    "WIFI_P2P": "wifip2p",
    "WINDOW": "window",
}
"""What `Context.…_SERVICE` is worth: part of Android's interface, and so in the code of every app that uses it."""

PREFIXED: Final = {
    ("Intent", "ACTION_"): "android.intent.action.",
    ("Intent", "CATEGORY_"): "android.intent.category.",
    ("Intent", "EXTRA_"): "android.intent.extra.",
    ("permission", ""): "android.permission.",
}
"""Families of constants of Android that are their name behind a prefix; a few of each are not."""

MAX_SAME: Final = 64
"""Classes with the same simple name and a constant of the same name that are looked at."""


def link(files: Sequence[ParsedFile]) -> list[dict[str, int]]:
    """For each file the words that its expressions with names in them add to its own, and their lines."""
    by_name: dict[Name, list[int]] = defaultdict(list)
    by_package: dict[tuple[str, str], int] = {}
    codes: list[Code] = []
    homes: list[int] = []
    for number, file in enumerate(files):
        for owner, name, code in file.constants:
            place = len(codes)
            codes.append(code)
            homes.append(number)
            if len(by_name[Name(owner, name)]) < MAX_SAME:
                by_name[Name(owner, name)].append(place)
            if not owner:
                by_package.setdefault((file.package, name), place)

    def places(file: ParsedFile, number: int, name: Name) -> int | None:
        if name.owner:
            found = by_name.get(name, ())
            if len(found) <= 1:
                return found[0] if found else None
            full = file.imports.get(name.owner, f"{file.package}.{name.owner}")
            same = [one for one in found if f"{files[homes[one]].package}.{name.owner}" == full or homes[one] == number]
            starred = [one for one in found if files[homes[one]].package in file.stars]
            return same[0] if same else starred[0] if len(starred) == 1 else None
        for owner in file.classes:
            for one in by_name.get(Name(owner, name.name), ()):
                if homes[one] == number:
                    return one
        owners = [file.imports[name.name].rpartition(".")[0]] if name.name in file.imports else [*file.above, *file.stars]
        for owner in owners:
            found = by_name.get(Name(owner.rpartition(".")[2], name.name), ())
            if found:
                return found[0]
        return by_package.get((file.package, name.name))

    def known(file: ParsedFile, number: int, name: Name) -> Known | None:
        place = places(file, number, name)
        return framework_constant(name) if place is None else values[place]

    values: list[Known | None] = [None] * len(codes)
    waiting = list(range(len(codes)))
    for _ in range(MAX_ROUNDS):
        left = []
        for place in waiting:
            number = homes[place]
            value = evaluate(codes[place], lambda name, n=number: known(files[n], n, name))  # type: ignore[misc]
            if isinstance(value, Opaque | list):
                left.append(place)
            else:
                values[place] = value
        if len(left) == len(waiting):
            break
        waiting = left
    more: list[dict[str, int]] = []
    for number, file in enumerate(files):
        resolved: dict[Name, Known | None] = {}

        def resolve(
            name: Name, file: ParsedFile = file, number: int = number, resolved: dict[Name, Known | None] = resolved
        ) -> Known | None:
            if name not in resolved:
                resolved[name] = known(file, number, name)
            return resolved[name]

        words: dict[str, int] = {}
        for code, line in file.open:
            for found in texts_and_numbers(evaluate(code, resolve)):
                for word in value_words(found):
                    if word not in file.words:
                        words.setdefault(word, line)
        more.append(words)
    return more


def framework_constant(name: Name) -> Known | None:
    """The value of a constant of Java or Android that a compiler writes out, as far as it is known here."""
    # Activities and services inherit the names of `Context`, and use them bare.
    if name.owner in ("Context", "") and name.name.endswith("_SERVICE"):
        return SERVICES.get(name.name.removesuffix("_SERVICE"))
    if name == ("Secure", "ANDROID_ID"):
        return "android_id"
    for (owner, begin), prefix in PREFIXED.items():
        if name.owner == owner and name.name.startswith(begin):
            return prefix + name.name.removeprefix(begin)
    return JDK.get(name)
