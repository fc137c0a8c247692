"""Where the phone is."""

from __future__ import annotations

from vuoto.firmware.code.identifier_source import Call, IdentifierSource

SOURCE = IdentifierSource(
    name="location",
    documented=(
        "android.location.Location, android.location.LocationManager "
        "(developer.android.com/reference/android/location/LocationManager)"
    ),
    limitations="Needs a permission that a person can refuse.",
    calls=(
        Call("coordinates", r"Landroid/location/Location;", ("getLatitude", "getLongitude")),
        Call(
            "coordinates",
            r"Landroid/location/LocationManager;",
            ("getLastKnownLocation", "getCurrentLocation", "getLastLocation"),
        ),
        Call(
            "coordinates",
            r"Lcom/google/android/gms/location/FusedLocationProvider(?:Client|Api);",
            ("getLastLocation", "getCurrentLocation"),
        ),
    ),
)
