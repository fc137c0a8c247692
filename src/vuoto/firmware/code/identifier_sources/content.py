"""Contacts, messages, calls, calendars and the browser's history, from content providers."""

from __future__ import annotations

from vuoto.firmware.code.identifier_source import Call, FieldRead, IdentifierSource, Text

SOURCE = IdentifierSource(
    name="content providers",
    documented=(
        "android.provider.ContactsContract, Telephony.Sms, CallLog, Browser "
        "(developer.android.com/reference/android/provider/package-summary)"
    ),
    limitations="Needs permissions; a query may count rows without reading them.",
    calls=(
        Call("message_content", r"Landroid/telephony/SmsMessage;", ("getMessageBody", "getDisplayMessageBody", "getUserData")),
        Call("phone_number", r"Landroid/telephony/SmsMessage;", ("getOriginatingAddress", "getDisplayOriginatingAddress")),
        Call("browsing_history", r"Landroid/provider/Browser;", ("getAllVisitedUrls", "getAllBookmarks")),
    ),
    fields=(
        FieldRead(
            "contact", "Landroid/provider/ContactsContract$Contacts;", ("CONTENT_URI", "CONTENT_LOOKUP_URI", "CONTENT_VCARD_URI")
        ),
        FieldRead("contact", "Landroid/provider/ContactsContract$Data;", ("CONTENT_URI",)),
        FieldRead("contact", "Landroid/provider/ContactsContract$RawContacts;", ("CONTENT_URI",)),
        FieldRead("phone_number", "Landroid/provider/ContactsContract$CommonDataKinds$Phone;", ("CONTENT_URI",)),
        FieldRead("email", "Landroid/provider/ContactsContract$CommonDataKinds$Email;", ("CONTENT_URI",)),
        FieldRead("phone_number", "Landroid/provider/CallLog$Calls;", ("CONTENT_URI",)),
        FieldRead("message_content", "Landroid/provider/Telephony$Sms;", ("CONTENT_URI",)),
        FieldRead("message_content", "Landroid/provider/Telephony$Sms$Inbox;", ("CONTENT_URI",)),
        FieldRead("message_content", "Landroid/provider/Telephony$Mms;", ("CONTENT_URI",)),
        FieldRead("browsing_history", "Landroid/provider/Browser;", ("BOOKMARKS_URI", "SEARCHES_URI")),
        FieldRead("usage_event", "Landroid/provider/CalendarContract$Events;", ("CONTENT_URI",)),
    ),
    texts=(
        Text(
            "contact",
            ("content://",),
            r"content://(?:com\.android\.)?(?:contacts|icc)(?:/.*)?",
            "the address of the provider of contacts",
        ),
        Text(
            "message_content",
            ("content://",),
            r"content://(?:sms|mms|mms-sms)(?:/.*)?",
            "the address of the provider of messages",
        ),
        Text("phone_number", ("content://",), r"content://call_log(?:/.*)?", "the address of the provider of the call log"),
        Text(
            "browsing_history",
            ("content://",),
            r"content://(?:browser|com\.android\.(?:chrome\.)?browser)(?:/.*)?",
            "the address of a browser's provider",
        ),
        Text(
            "carrier",
            ("content://",),
            r"content://telephony/(?:carriers|siminfo)(?:/.*)?",
            "the address of the provider of access points and SIM cards",
        ),
    ),
)
