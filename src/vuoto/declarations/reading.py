"""Reads `vuoto.declaration/1`: TOML 1.0 (https://toml.io/en/v1.0.0), one file that a controller keeps in version control."""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import ip_address
from typing import Final

from vuoto.declarations.mistakes import Mistakes, Table, shown, suggestion
from vuoto.declarations.toml import read_toml
from vuoto.facts.countries import COUNTRIES
from vuoto.facts.declarations import Controller, Declaration, DeclaredRecipient, Processing, TransferTool, Variant
from vuoto.facts.vocabulary import KINDS

SCHEMA: Final = "vuoto.declaration/1"

ROLES: Final = ("controller", "processor", "joint-controller", "third-party")
TOOLS: Final = ("adequacy", "scc", "bcr", "code-of-conduct", "certification", "ad-hoc", "derogation")
LEGAL_BASES: Final = ("consent", "contract", "legal-obligation", "vital-interests", "public-task", "legitimate-interests")

_TOP = ("schema", "version", "controller", "recipients", "processing", "variants")
_CONTROLLER = ("name", "country", "contact", "authority")
_RECIPIENT = ("name", "hosts", "country", "role", "transfer")
_TRANSFER = ("tool", "reference", "since", "until")
_PROCESSING = ("title", "purpose", "legal_basis", "data", "recipients", "retention", "opt_out", "events")
_VARIANT = ("region", "forbidden_packages", "models", "packages", "certificates")

# ISO 8601-1:2019 §5.5.2: designators in falling order, at least one, `T` only before a time.
_DURATION = re.compile(
    r"P(?=[0-9T])([0-9]{1,6}Y)?([0-9]{1,6}M)?([0-9]{1,6}W)?([0-9]{1,6}D)?(T(?=[0-9])([0-9]{1,6}H)?([0-9]{1,6}M)?([0-9]{1,6}S)?)?"
)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")  # RFC 1123 §2.1, and the underscore that real names carry
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")  # RFC 5646 §2.1, the common part
_CUSTOM = re.compile(r"custom:[a-z0-9][a-z0-9_-]{0,63}")
_PACKAGE = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+")  # Android's applicationId
_PATTERN = re.compile(r"\*|[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*(\.\*)?")  # the same, or all below a part of it
_DIGEST = re.compile(r"[0-9a-f]{64}")  # SHA-256, as `apksigner verify --print-certs` and keytool print it


def read_declaration(text: bytes, name: str) -> Declaration:
    """The declaration in `text`; `name` is the file's name, for errors.

    Raises `InputError` with every mistake in it (bounded): the key path, what is wrong and what would be right.
    """
    mistakes = Mistakes(name)
    top = Table(read_toml(text, name, "A declaration is a TOML file in UTF-8"), "", mistakes)
    top.close(_TOP)
    if top.text("schema", f'write schema = "{SCHEMA}"') not in {None, SCHEMA}:
        top.wrong("schema", "is another version of the format", f'write schema = "{SCHEMA}"')
    version = top.text("version", 'your own version of this file, in quotes, such as "2026-11-01"')
    controller = _controller(top)
    recipients = tuple(_recipient(key, table) for key, table in top.tables("recipients"))
    _hosts_once(recipients, mistakes)
    keys = [r.key for r in recipients]
    processing = tuple(_processing(key, table, keys) for key, table in top.tables("processing"))
    variants = tuple(_variant(key, table) for key, table in top.tables("variants"))
    mistakes.raise_if_any()
    return Declaration(
        version=version or "", controller=controller, recipients=recipients, processing=processing, variants=variants
    )


def match_host(declaration: Declaration, host: str) -> DeclaredRecipient | None:
    """The declared recipient that covers `host` (`*.` stands for one or more labels), the most exact first, or `None`."""
    return declaration.recipient_of(host)


def _country(table: Table, key: str, *, required: bool) -> str | None:
    right = "two capital letters of ISO 3166-1"
    value = table.text(key, right, required=required)
    if value is None or value in COUNTRIES:
        return value
    meant = {"UK": "GB", "EL": "GR"}.get(value.upper(), value.upper())
    by_name = [code for code, name in COUNTRIES.items() if name.lower() == value.lower()]
    found = by_name[0] if by_name else meant
    table.wrong(key, f"{shown(value)} is not a country", f'did you mean "{found}"?' if found in COUNTRIES else right)
    return None


def _controller(top: Table) -> Controller:
    table = top.table("controller")
    if table is None:
        return Controller(name="", country="", contact="", authority=None)
    table.close(_CONTROLLER)
    return Controller(
        name=table.text("name", "the legal name") or "",
        country=_country(table, "country", required=True) or "",
        contact=table.text("contact", "where a person writes to") or "",
        authority=_country(table, "authority", required=False),
    )


def _recipient(key: str, table: Table) -> DeclaredRecipient:
    table.close(_RECIPIENT)
    hosts = tuple(_host(table, index, host) for index, host in enumerate(table.texts("hosts", 'such as ["api.example.test"]')))
    return DeclaredRecipient(
        key=key,
        name=table.text("name", "what people are told it is called") or "",
        hosts=hosts,
        country=_country(table, "country", required=False),
        role=table.word("role", ROLES) or "",
        transfer=_transfer(table),
    )


def _transfer(parent: Table) -> TransferTool | None:
    table = parent.table("transfer", required=False)
    if table is None:
        return None
    table.close(_TRANSFER)
    since, until = table.day("since"), table.day("until")
    if since and until and until < since:
        table.wrong("until", f"{until} lies before since = {since}", "write the last day on which it is relied on")
    return TransferTool(
        tool=table.word("tool", TOOLS) or "",
        reference=table.text("reference", "which one", required=False),
        since=since,
        until=until,
    )


def _host(table: Table, index: int, host: str) -> str:
    right = 'a host name such as "api.example.test" or "*.example.test"'
    key = f"hosts[{index}]"
    name = host.lower().rstrip(".")
    if "/" in name or name.count(":") == 1:
        table.wrong(key, f"{shown(host)} is a URL or names a port", right)
        return name
    try:
        return str(ip_address(name.strip("[]")))
    except ValueError:
        pass
    labels = name.removeprefix("*.").split(".")
    if not name.isascii():
        table.wrong(key, f"{shown(host)} has letters outside ASCII", "write its xn-- form, as it stands in traffic")
    elif len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        table.wrong(key, f"{shown(host)} is not a host name", right)
    elif name.startswith("*.") and len(labels) < 2:
        table.wrong(key, f"{shown(host)} covers a whole top-level domain", right)
    return name


def _hosts_once(recipients: Collection[DeclaredRecipient], mistakes: Mistakes) -> None:
    seen: dict[str, str] = {}
    for recipient in recipients:
        for host in recipient.hosts:
            other = seen.setdefault(host, recipient.key)
            if other != recipient.key:
                path = f"recipients.{recipient.key}.hosts"
                mistakes.add(path, f"{shown(host)} belongs to recipients.{other} as well", "name each host once")


def _processing(key: str, table: Table, recipients: Collection[str]) -> Processing:
    table.close(_PROCESSING)
    title = table.pairs("title", 'a title per language, such as { en = "Warranty activation" }')
    for language, _ in title:
        if not _LANGUAGE.fullmatch(language):
            table.wrong("title", f"{shown(language)} is not a language", 'a tag of RFC 5646 such as "en", "fi" or "pt-BR"')
    data = table.texts("data", 'a list of kinds, such as ["imei", "device_model"]')
    for index, kind in enumerate(data):
        if kind not in KINDS and not _CUSTOM.fullmatch(kind):
            table.wrong(f"data[{index}]", f"{shown(kind)} is not a kind of data", suggestion(kind, KINDS))
    sent_to = table.texts("recipients", "a list of keys of [recipients]")
    for index, recipient in enumerate(sent_to):
        if recipient not in recipients:
            right = suggestion(recipient, recipients) if recipients else f"write [recipients.{recipient[:40]}]"
            table.wrong(f"recipients[{index}]", f"{shown(recipient)} is not a declared recipient", right)
    return Processing(
        key=key,
        title=title,
        purpose=table.text("purpose", "why the data are processed") or "",
        legal_basis=table.word("legal_basis", LEGAL_BASES) or "",
        data=tuple(sorted(data)),
        recipients=tuple(sorted(sent_to)),
        retention=_retention(table),
        opt_out=table.flag("opt_out"),
        events=tuple(sorted(table.texts("events", 'a list of names such as ["activation"]', required=False))),
    )


def _retention(table: Table) -> str | None:
    right = 'an ISO 8601 duration such as "P2Y" or "P180D"'
    value = table.text("retention", right, required=False)
    if value is not None and (not _DURATION.fullmatch(value) or not re.search("[1-9]", value)):
        table.wrong("retention", f"{shown(value)} is not a duration", right)
    return value


def _variant(key: str, table: Table) -> Variant:
    table.close(_VARIANT)
    region = table.text("region", '"EEA" or a country', required=False)
    if region is not None and region not in {"EEA", "EU"} and region not in COUNTRIES:
        table.wrong("region", f"{shown(region)} is not a region", '"EEA", "EU" or two capital letters of ISO 3166-1')
    return Variant(
        key=key,
        region=region,
        forbidden_packages=_packages(table, "forbidden_packages"),
        models=tuple(sorted(table.texts("models", 'a list such as ["Example One", "one_00ww"]', required=False))),
        packages=_packages(table, "packages"),
        certificates=_certificates(table),
    )


def _packages(table: Table, key: str) -> tuple[str, ...]:
    packages = table.texts(key, "a list of Android package names", required=False)
    for index, package in enumerate(packages):
        if not _PACKAGE.fullmatch(package):
            table.wrong(f"{key}[{index}]", f"{shown(package)} is not a package name", 'such as "com.example.app"')
    return tuple(sorted(packages))


def _certificates(parent: Table) -> tuple[tuple[str, tuple[str, ...]], ...]:
    table = parent.table("certificates", required=False)
    if table is None:
        return ()
    right = "a list of SHA-256 digests of certificates, 64 hexadecimal digits each (colons may stand between)"
    found = []
    for pattern in table.written():
        if not (_PATTERN.fullmatch(pattern) or _PACKAGE.fullmatch(pattern)):
            table.wrong(
                pattern, "is not the name of a package", 'a name, "com.example.*" for all below it, or "*" for all others'
            )
        digests = tuple(text.replace(":", "").lower() for text in table.texts(pattern, right))
        for index, digest in enumerate(digests):
            if not _DIGEST.fullmatch(digest):
                table.wrong(f"{pattern}[{index}]", f"{shown(digest)} is not a SHA-256 digest", "64 hexadecimal digits")
        found.append((pattern, tuple(sorted(set(digests)))))
    return tuple(found)
