"""Accounts on the phone."""

from __future__ import annotations

from vuoto.firmware.code.identifier_source import Call, IdentifierSource

SOURCE = IdentifierSource(
    name="accounts",
    documented="android.accounts.AccountManager (developer.android.com/reference/android/accounts/AccountManager)",
    limitations="Since Android 8 an app sees only accounts of its own kind or those a person shows it.",
    calls=(
        Call(
            "account", r"Landroid/accounts/AccountManager;", ("getAccounts", "getAccountsByType", "getAccountsByTypeForPackage")
        ),
    ),
)
