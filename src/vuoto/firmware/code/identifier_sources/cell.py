"""The cell that the phone is in, and its neighbours."""

from __future__ import annotations

from vuoto.firmware.code.identifier_source import Call, IdentifierSource

SOURCE = IdentifierSource(
    name="cell",
    documented=(
        "android.telephony.CellLocation, CellInfo, GsmCellLocation, CdmaCellLocation, CellIdentity* "
        "(developer.android.com/reference/android/telephony/CellInfo)"
    ),
    limitations="Needs the permission for the location.",
    calls=(
        Call("cell_id", r"Landroid/telephony/gsm/GsmCellLocation;", ("getCid", "getLac", "getPsc")),
        Call("cell_id", r"Landroid/telephony/cdma/CdmaCellLocation;", ("getBaseStationId", "getNetworkId", "getSystemId")),
        Call("coordinates", r"Landroid/telephony/cdma/CdmaCellLocation;", ("getBaseStationLatitude", "getBaseStationLongitude")),
        Call(
            "cell_id",
            r"Landroid/telephony/CellIdentity\w+;",
            ("getCid", "getCi", "getNci", "getLac", "getTac", "getBasestationId"),
        ),
        Call(
            "cell_id",
            r"Landroid/telephony/\w*TelephonyManager\w*;",
            ("getCellLocation", "getAllCellInfo", "getNeighboringCellInfo"),
        ),
        Call("cell_id", r"Landroid/telephony/NeighboringCellInfo;", ("getCid", "getLac")),
    ),
)
