"""IMEI and MEID of the device, from the telephony service."""

from __future__ import annotations

from vuoto.firmware.code.identifier_source import Call, IdentifierSource

# Beside the public class: makers' variants of it, and the service behind it that a system app can call.
OWNER = (
    r"L(?:android|com/(?:android|mediatek|qualcomm|qti|samsung|sprd|spreadtrum|unisoc|huawei|miui|oppo|vivo|oneplus))/(?:\w+/)*"
    r"(?:\w*TelephonyManager\w*|I?PhoneSubInfo\w*|Phone|PhoneBase|PhoneProxy|GsmCdmaPhone|GSMPhone|CDMAPhone|IPhoneSubInfo\$\w+"
    r"|ITelephony\w*(?:\$\w+)*);"
)

SOURCE = IdentifierSource(
    name="telephony device",
    documented=(
        "android.telephony.TelephonyManager: getImei, getMeid, getDeviceId, getDeviceSoftwareVersion "
        "(developer.android.com/reference/android/telephony/TelephonyManager)"
    ),
    limitations=(
        "Since Android 10 the calls need a privileged permission; without it they throw or give nothing. "
        "getDeviceId gives the MEID on a CDMA phone."
    ),
    calls=(
        Call(
            "imei",
            OWNER,
            ("getImei", "getImeiForSlot", "getDeviceId", "getDeviceIdForPhone", "getDeviceIdWithFeature", "getPrimaryImei"),
        ),
        Call("meid", OWNER, ("getMeid", "getMeidForSlot", "getMeidForSubscriber", "getEsn")),
        Call("imeisv", OWNER, ("getDeviceSoftwareVersion", "getDeviceSoftwareVersionForSlot", "getDeviceSvn", "getImeiSv")),
    ),
)
