"""IMSI, ICCID and phone number of the SIM."""

from __future__ import annotations

from vuoto.firmware.code.identifier_source import Call, IdentifierSource

# Beside the public class: makers' variants of it, and the service behind it that a system app can call.
OWNER = (
    r"L(?:android|com/(?:android|mediatek|qualcomm|qti|samsung|sprd|spreadtrum|unisoc|huawei|miui|oppo|vivo|oneplus))/(?:\w+/)*"
    r"(?:\w*TelephonyManager\w*|I?PhoneSubInfo\w*|Phone|PhoneBase|PhoneProxy|GsmCdmaPhone|GSMPhone|CDMAPhone|IPhoneSubInfo\$\w+"
    r"|IccRecords|RuimRecords|SIMRecords|ITelephony\w*(?:\$\w+)*);"
)

SOURCE = IdentifierSource(
    name="subscriber",
    documented=(
        "android.telephony.TelephonyManager: getSubscriberId, getSimSerialNumber, getLine1Number; "
        "android.telephony.SubscriptionInfo: getIccId, getNumber "
        "(developer.android.com/reference/android/telephony)"
    ),
    limitations="Needs a permission that the package may not hold; the number is often not stored on the SIM.",
    calls=(
        Call("imsi", OWNER, ("getSubscriberId", "getSubscriberIdForSubscriber", "getImsi", "getCdmaImsi")),
        Call(
            "iccid",
            OWNER,
            ("getSimSerialNumber", "getIccSerialNumber", "getIccSerialNumberForSubscriber", "getFullIccSerialNumber"),
        ),
        Call("msisdn", OWNER, ("getLine1Number", "getLine1NumberForSubscriber", "getLine1NumberForDisplay", "getMsisdn")),
        Call("iccid", r"Landroid/telephony/(?:SubscriptionInfo|UiccCardInfo|UiccSlotInfo);", ("getIccId", "getCardId")),
        Call("msisdn", r"Landroid/telephony/Subscription(?:Info|Manager);", ("getNumber", "getPhoneNumber")),
    ),
)
