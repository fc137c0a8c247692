"""Advertising ids of Google, Huawei, Amazon and of the Mobile Security Alliance (OAID)."""

from __future__ import annotations

from vuoto.firmware.code.identifier_source import Call, IdentifierSource, KeyedCall, Text

SOURCE = IdentifierSource(
    name="advertising ID",
    documented=(
        "com.google.android.gms.ads.identifier.AdvertisingIdClient "
        "(developers.google.com/android/reference/com/google/android/gms/ads/identifier/AdvertisingIdClient.Info); "
        "MSA OAID"
    ),
    limitations="A person can reset or delete the id; Android 12 then gives zeros.",
    calls=(
        Call(
            "advertising_id",
            r"Lcom/google/android/gms/ads/identifier/AdvertisingIdClient(?:\$Info)?;",
            ("getId", "getAdvertisingIdInfo"),
        ),
        Call(
            "advertising_id", r"Lcom/huawei/hms/ads/identifier/AdvertisingIdClient(?:\$Info)?;", ("getId", "getAdvertisingIdInfo")
        ),
        Call("advertising_id", r"Landroidx/ads/identifier/AdvertisingId(?:Client|Info);", ("getId", "getAdvertisingIdInfo")),
        Call("advertising_id", r"Lcom/bun/(?:\w+/)*IdSupplier;", ("getOAID", "getVAID", "getAAID")),
        Call(
            "installation_id",
            r"Lcom/google/firebase/(?:iid/FirebaseInstanceId|installations/FirebaseInstallations\w*);",
            ("getId",),
        ),
    ),
    keyed=(KeyedCall(r"Landroid/provider/Settings\$Secure;", ("getString",), 1, (("advertising_id", r"advertising_id"),)),),
    texts=(
        Text(
            "advertising_id",
            ("com.google.android.gms.ads.",),
            r"com\.google\.android\.gms\.ads\.identifier\.service\.START",
            "the service that gives Google's advertising id",
        ),
    ),
)
