"""What starts a package's code without a person opening it: the actions its receivers, services and activities answer to."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from vuoto.facts.packages import Component, Trigger

_CODE_SCHEME: Final = "android_secret_code"
"""The scheme of `*#*#9999#*#*` typed into the dialler: `android_secret_code://9999`."""

_SECRET_ACTIONS: Final = ("android.provider.Telephony.SECRET_CODE", "android.telephony.action.SECRET_CODE")

ACTIONS: Final = MappingProxyType(
    {
        "android.intent.action.BOOT_COMPLETED": "boot",
        "android.intent.action.LOCKED_BOOT_COMPLETED": "boot",
        "android.intent.action.QUICKBOOT_POWERON": "boot",
        "com.htc.intent.action.QUICKBOOT_POWERON": "boot",
        "android.intent.action.PRE_BOOT_COMPLETED": "boot",
        "android.intent.action.REBOOT": "boot",
        "android.intent.action.ACTION_SHUTDOWN": "boot",
        "android.net.conn.CONNECTIVITY_CHANGE": "connectivity",
        "android.net.wifi.STATE_CHANGE": "connectivity",
        "android.net.wifi.WIFI_STATE_CHANGED": "connectivity",
        "android.net.wifi.supplicant.CONNECTION_CHANGE": "connectivity",
        "android.intent.action.ANY_DATA_STATE": "connectivity",
        "android.intent.action.AIRPLANE_MODE": "connectivity",
        "android.intent.action.SIM_STATE_CHANGED": "sim",
        "android.telephony.action.SIM_CARD_STATE_CHANGED": "sim",
        "android.telephony.action.SIM_APPLICATION_STATE_CHANGED": "sim",
        "android.telephony.action.CARRIER_CONFIG_CHANGED": "sim",
        "android.intent.action.ACTION_SUBINFO_RECORD_UPDATED": "sim",
        "android.intent.action.ACTION_DEFAULT_DATA_SUBSCRIPTION_CHANGED": "sim",
        "android.intent.action.PHONE_STATE": "telephony",
        "android.intent.action.SERVICE_STATE": "telephony",
        "android.intent.action.NEW_OUTGOING_CALL": "telephony",
        "android.provider.Telephony.SMS_RECEIVED": "sms",
        "android.provider.Telephony.SMS_DELIVER": "sms",
        "android.provider.Telephony.WAP_PUSH_RECEIVED": "sms",
        "android.intent.action.DATA_SMS_RECEIVED": "sms",
        "android.intent.action.PACKAGE_ADDED": "package",
        "android.intent.action.PACKAGE_REMOVED": "package",
        "android.intent.action.PACKAGE_REPLACED": "package",
        "android.intent.action.MY_PACKAGE_REPLACED": "package",
        "android.intent.action.TIME_SET": "time",
        "android.intent.action.DATE_CHANGED": "time",
        "android.intent.action.TIMEZONE_CHANGED": "time",
        "android.intent.action.ACTION_POWER_CONNECTED": "power",
        "android.intent.action.ACTION_POWER_DISCONNECTED": "power",
        "android.intent.action.BATTERY_LOW": "power",
        "android.intent.action.USER_PRESENT": "user",
        "android.intent.action.USER_UNLOCKED": "user",
        "android.intent.action.USER_INITIALIZE": "user",
    }
)
"""What an action means; actions that a maker invented are found by the components' filters, not here."""


def triggers_of(components: Iterable[Component]) -> tuple[Trigger, ...]:
    """The triggers of components, sorted, each once; those of disabled components say so, as code can enable them."""
    found: set[tuple[str, str, str, bool]] = set()
    for component in components:
        for f in component.filters:
            found.update(
                (ACTIONS[action], component.name, action, component.enabled) for action in f.actions if action in ACTIONS
            )
            codes = [d for d in f.data if d.startswith(f"{_CODE_SCHEME}:")]
            if codes or any(a in _SECRET_ACTIONS for a in f.actions):
                found.update(("secret code", component.name, code, component.enabled) for code in codes or [f"{_CODE_SCHEME}:"])
    return tuple(Trigger(kind=kind, component=name, clue=clue, enabled=on) for kind, name, clue, on in sorted(found))
