"""Permissions that a package asks for, weighed by what they open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vuoto.facts.changes import Change
from vuoto.firmware.comparing.aspect import Aspect, Pair

_PREFIX: Final = "android.permission."


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PERSONAL: Final = _words(
    """READ_PHONE_STATE READ_PRIVILEGED_PHONE_STATE READ_PHONE_NUMBERS READ_BASIC_PHONE_STATE USE_ICC_AUTH_WITH_DEVICE_IDENTIFIER
    ACCESS_FINE_LOCATION ACCESS_COARSE_LOCATION ACCESS_BACKGROUND_LOCATION ACCESS_MEDIA_LOCATION LOCATION_HARDWARE
    READ_CONTACTS READ_CALL_LOG PROCESS_OUTGOING_CALLS READ_SMS RECEIVE_SMS RECEIVE_MMS RECEIVE_WAP_PUSH READ_CALENDAR
    GET_ACCOUNTS GET_ACCOUNTS_PRIVILEGED RECORD_AUDIO CAPTURE_AUDIO_OUTPUT CAPTURE_AUDIO_HOTWORD CAMERA SYSTEM_CAMERA
    BODY_SENSORS ACTIVITY_RECOGNITION LOCAL_MAC_ADDRESS PEERS_MAC_ADDRESS NETWORK_SETTINGS BLUETOOTH_CONNECT BLUETOOTH_SCAN
    NEARBY_WIFI_DEVICES QUERY_ALL_PACKAGES PACKAGE_USAGE_STATS READ_LOGS DUMP READ_CLIPBOARD_IN_BACKGROUND READ_FRAME_BUFFER
    CAPTURE_VIDEO_OUTPUT READ_EXTERNAL_STORAGE MANAGE_EXTERNAL_STORAGE READ_MEDIA_IMAGES READ_MEDIA_VIDEO
    BIND_NOTIFICATION_LISTENER_SERVICE BIND_ACCESSIBILITY_SERVICE READ_SEARCH_INDEXABLES"""
)
"""Permissions that open data of a person, a subscriber or a device (developer.android.com, Manifest.permission)."""

POWERFUL: Final = _words(
    """INTERNET RECEIVE_BOOT_COMPLETED SEND_SMS INSTALL_PACKAGES WRITE_SECURE_SETTINGS INTERACT_ACROSS_USERS
    INTERACT_ACROSS_USERS_FULL CHANGE_COMPONENT_ENABLED_STATE SYSTEM_ALERT_WINDOW REQUEST_INSTALL_PACKAGES DELETE_PACKAGES
    MODIFY_PHONE_STATE MOUNT_UNMOUNT_FILESYSTEMS MASTER_CLEAR REBOOT GRANT_RUNTIME_PERMISSIONS CONNECTIVITY_INTERNAL
    CONNECTIVITY_USE_RESTRICTED_NETWORKS"""
)
"""Permissions by which a package reaches out, starts by itself, or grants itself more."""


def _compare(pair: Pair) -> Iterator[Change]:
    before = frozenset(pair.old.package.permissions) if pair.old is not None else frozenset()
    after = frozenset(pair.new.package.permissions)
    for name in sorted(after - before):
        short = name.removeprefix(_PREFIX)
        known = name.startswith(_PREFIX)
        if known and short in PERSONAL:
            yield pair.change("permission", "added", "medium", name, f"asks for {short}, which opens personal data", after=name)
        elif known and short in POWERFUL:
            yield pair.change("permission", "added", "medium", name, f"asks for {short}", after=name)
        elif pair.old is not None:
            yield pair.change("permission", "added", "low", name, f"asks for {short}", after=name)
    for name in sorted(before - after):
        yield pair.change("permission", "removed", "none", name, f"no longer asks for {name.removeprefix(_PREFIX)}", before=name)


ASPECT = Aspect(
    makes=("permission",),
    compares="permissions asked for; those that open personal data, the network or the boot weigh more",
    compare=_compare,
)
