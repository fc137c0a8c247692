"""Documents to draw: the incident with synthetic identifiers, and its opposites.

The public facts of the incident (host, address, fields, encoding) are in the published sources; every identifier is synthetic: a
test TAC, a test MCC, a locally administered MAC, and addresses of RFC 5737 but for the incident's.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import replace

from vuoto.facts.device import Device
from vuoto.facts.disclosures import Disclosure, Evidence, EvidenceLayer
from vuoto.facts.document import SCHEMA, AuditDocument, Reference, Tool
from vuoto.facts.flows import Flow
from vuoto.facts.frames import Input
from vuoto.facts.origins import Attribution, Clue, Found, Origin, SearchedBuild
from vuoto.facts.problems import Problem
from vuoto.facts.recipients import Address, CountryClaim, DomainRegistry, Organisation, Recipient
from vuoto.facts.verdicts import Clause, Verdict
from vuoto.facts.vocabulary import Outcome, Protection, Question, mask
from vuoto.reports import summarise

IMEI = "001017001234569"
VALUES = (
    ("imei", IMEI, "IMEI1"),
    ("imei", "001017001234577", "IMEI2"),
    ("iccid", "89470000190220123457", "SIM1ICCID"),
    ("imsi", "001010123456789", "SIM1LTEIMSI"),
    ("mac_address", "02:1a:c5:3d:7e:91", "MACID"),
    ("cell_id", "27447297", "BASEID"),
    ("device_model", "Nokia 7 plus", "MODEL"),
    ("os_build", "00WW_2_22D_SP01", "SWVER"),
)
TIMES = ("2019-02-20T06:31:04.118233Z", "2019-02-20T06:41:04.502117Z", "2019-02-20T06:51:05.001934Z")
CLAIMS = (("r-zzhc", "application/encrypted-json"),)
GDPR = "https://eur-lex.europa.eu/eli/reg/2016/679/oj"


def evidence(name: str, value: str, *, reveal: bool = False) -> Evidence:
    """The chain of the incident: HTTP body, Base64 with line feeds, JSON, the value."""
    text = json.dumps({field: v for _, v, field in VALUES}, separators=(",", ":")).encode()
    head = b"POST / HTTP/1.1\r\nHost: zzhc.vnet.cn\r\nContent-Type: application/encrypted-json\r\n\r\n"
    wire = head + base64.encodebytes(text)
    at = text.index(value.encode(), text.index(name.encode()))
    shown = text if reveal else text[:at] + b"*" * len(value) + text[at + len(value) :]
    begin = max(0, at - 24)
    return Evidence(
        input=0,
        frames=(12, 15),
        stream_offset=len(head),
        length=len(wire) - len(head),
        layers=(
            EvidenceLayer(
                form="wire", offset=len(head), length=len(wire) - len(head), excerpt_offset=40, excerpt=wire[40:104].hex()
            ),
            EvidenceLayer(
                form="base64",
                offset=at,
                length=len(value),
                excerpt_offset=begin,
                excerpt=shown[begin : at + len(value) + 16].hex(),
            ),
        ),
    )


def disclosure(
    kind: str,
    value: str,
    name: str,
    *,
    recipient: str = "r-zzhc",
    flow: str = "f-zzhc",
    protection: Protection = "none",
    number: int = 0,
    count: int = 3,
    reveal: bool = False,
    known: bool = True,
) -> Disclosure:
    return Disclosure(
        id=f"d-{recipient}-{kind}-{name}-{number}",
        kind=kind,
        value=value if reveal else mask(kind, value),
        certainty="known" if known else "validated",
        certainty_why=f"Equals the {kind} of the device profile; check digit holds (3GPP TS 23.003 §6.2.1)",
        form=("base64", "json"),
        field=f"request body › base64 › /{name}",
        direction="out",
        time=TIMES[0],
        times=TIMES[:count],
        flow=flow,
        recipient=recipient,
        protection=protection,
        count=count,
        evidence=evidence(name, value, reveal=reveal)
        if (kind, value, name) in VALUES
        else Evidence(input=0, frames=(40,), stream_offset=90, length=12),
    )


def flow(number: int, host: str | None, server: str, *, protection: Protection = "tls1.2", **changes: object) -> Flow:
    made = Flow(
        id=f"f-{number}",
        input=0,
        transport="tcp",
        client=f"192.168.1.23:{40000 + number}",
        server=server,
        device_side="client",
        host=host,
        host_source="tls-sni" if host else None,
        protocols=("tls",) if protection.startswith("tls") else (),
        protection=protection,
        why_not_decrypted="no keys were given" if protection.startswith("tls") else None,
        first=f"2019-02-20T06:{number % 60:02d}:00.000100Z",
        last=f"2019-02-20T06:{number % 60:02d}:09.000100Z",
        bytes_out=1200 + number,
        bytes_in=98_000 + number,
        community_id="1:LQU9qZlK+B5F3KDmev6m5PMibrg=",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


ZZHC = Recipient(
    id="r-zzhc",
    host="zzhc.vnet.cn",
    registrable_domain="vnet.cn",
    domain_registry=DomainRegistry(
        name="China Internet Network Information Center (CNNIC)",
        country="CN",
        source="https://www.iana.org/domains/root/db/cn.html",
    ),
    addresses=(
        Address(
            ip="42.99.2.15",
            asn=4809,
            as_name="China Telecom (Group)",
            as_country="CN",
            registry_country="CN",
            sources=("geo-whois-asn-country 2026-10-01", "asn 2026-10-01"),
        ),
    ),
    organisation=Organisation(name="China Telecom", country="CN", source="CNNIC, quoted by NRKbeta, 2019-03-21"),
    countries=(CountryClaim(country="CN", register="address registry"), CountryClaim(country="CN", register="organisation")),
    country="CN",
    country_why="Every register that knows it says China.",
)


def verdict(
    recipient: str, question: Question, outcome: Outcome, *, because: Sequence[str], missing: Sequence[str] = (), article: str
) -> Verdict:
    return Verdict(
        id=f"v-{recipient}-{question}",
        recipient=recipient,
        kinds=("cell_id", "iccid", "imei", "imsi", "mac_address"),
        question=question,
        outcome=outcome,
        as_of="2019-02-20",
        jurisdiction="eu",
        clauses=(Clause(law="GDPR", article=article, says="Says what is asked for here, in a sentence of ours.", source=GDPR),),
        because=tuple(because),
        missing=tuple(missing),
        disclosures=(f"d-{recipient}-imei-IMEI1-0",),
    )


ZZHC_VERDICTS = (
    verdict(
        "r-zzhc",
        "transfer",
        "no-declared-basis",
        because=(
            "China is a third country.",
            "No adequacy decision for China was in force on 2019-02-20.",
            "The declaration names no safeguard and no derogation for this recipient.",
        ),
        missing=("Appropriate safeguards (art. 46) that the controller holds but did not declare.",),
        article="art. 44, 45(1), 46(1)",
    ),
    verdict(
        "r-zzhc",
        "security",
        "unprotected",
        because=("The body is Base64 of JSON; Base64 protects nothing.",),
        article="art. 32(1)(a)",
    ),
    verdict(
        "r-zzhc", "transparency", "undeclared", because=("No declared recipient covers zzhc.vnet.cn.",), article="art. 13(1)(e)"
    ),
    verdict(
        "r-zzhc",
        "terminal-equipment",
        "undecided",
        because=("The values were read from the device.",),
        missing=("Whether the subscriber was asked.",),
        article="art. 5(3)",
    ),
)
OTHER_FLOWS = tuple(flow(n, f"host{n % 9}.example.com", f"203.0.113.{n % 9 + 1}:443") for n in range(14))


def document(
    *,
    disclosures: Sequence[Disclosure] = (),
    recipients: Sequence[Recipient] = (),
    verdicts: Sequence[Verdict] = (),
    flows: Sequence[Flow] = OTHER_FLOWS,
    problems: Sequence[Problem] = (),
    origins: Sequence[Origin] = (),
    claims: Sequence[tuple[str, str]] = (),
    name: str = "nokia-7-plus.pcapng",
    declared: bool = True,
) -> AuditDocument:
    return AuditDocument(
        schema=SCHEMA,
        tool=Tool(
            version="0.1.0",
            reference=(
                Reference(name="@ip-location-db/asn", snapshot="2026-10-01", sha256="ab" * 32, licence="CC-BY-4.0"),
                Reference(name="adequacy decisions", snapshot="2026-11-01", sha256="cd" * 32, licence="Apache-2.0"),
            ),
        ),
        inputs=(
            Input(
                name=name,
                sha256="e3" * 32,
                size=1_482_112,
                format="pcapng",
                frames=2913,
                first="2019-02-20T06:30:00.000001Z",
                last="2019-02-20T07:30:00.000001Z",
            ),
        ),
        device=Device(
            addresses=("192.168.1.23",),
            addresses_why="it opens every conversation",
            profile=("iccid", "imei", "imsi"),
            country="NO",
        ),
        flows=tuple(flows),
        disclosures=tuple(disclosures),
        recipients=tuple(recipients),
        verdicts=tuple(verdicts),
        origins=tuple(origins),
        problems=tuple(problems),
        summary=summarise(
            disclosures=disclosures,
            recipients=recipients,
            verdicts=verdicts,
            flows=flows,
            declaration_given=declared,
            claims=claims,
        ),
    )


def incident(*, reveal: bool = False) -> AuditDocument:
    """Generation C, sent three times."""
    clear = flow(
        90,
        "zzhc.vnet.cn",
        "42.99.2.15:80",
        protection="none",
        id="f-zzhc",
        host_source="http",
        protocols=("http/1.1",),
        why_not_decrypted=None,
    )
    rows = tuple(disclosure(k, v, n, reveal=reveal) for k, v, n in VALUES)
    return document(
        disclosures=rows,
        recipients=(ZZHC,),
        verdicts=ZZHC_VERDICTS,
        flows=(clear, *OTHER_FLOWS),
        problems=(
            Problem(
                where="nokia-7-plus.pcapng, frame 2913",
                what="the file ends inside this record",
                next_step="Read up to the last whole packet.",
            ),
        ),
        origins=(
            Origin(
                disclosures=(rows[0].id,),
                package="com.qualcomm.qti.autoregistration",
                version="3.0",
                path="/system/priv-app/AutoRegistration.apk",
                class_="com.qualcomm.qti.autoregistration.RegistrationTask",
                clues=(Clue(trace="host-string", what="the package holds the string zzhc.vnet.cn", weight=0.9),),
                confidence=0.9,
            ),
        ),
        claims=CLAIMS,
    )


def attributed(outcome: Found = "found", *, hostile: bool = False) -> AuditDocument:
    """The incident with a build that was searched: an answer for its host, and one for a host to which nothing personal went."""
    base = incident()
    name = "\x1b[31m<script>alert(1)</script>\u202e" if hostile else "com.example.carrier.activation"
    ids = tuple(sorted(d.id for d in base.disclosures))
    clues = (
        Clue(
            trace="host string",
            what="holds the host zzhc.vnet.cn (in its code), which stands in none of the 15 other packages"
            + (name if hostile else ""),
            weight=11.2,
            places=("La/b;->a()Ljava/lang/String;", f"L{name};"),
        ),
        Clue(trace="field name", what="holds the field names IMEI1, SIM1ICCID and 30 more", weight=9.5, places=("La/b;",)),
        Clue(trace="encoding", what="makes no base64, which the message has", weight=-1.0),
    )

    def candidate(package: str, sure: float, disclosures: tuple[str, ...], recipient: str) -> Origin:
        return Origin(
            disclosures=disclosures,
            package=package,
            version="3.0",
            path=f"system/priv-app/{package}.apk",
            class_=f"{package}.ActivationService",
            clues=clues,
            confidence=sure,
            recipient=recipient,
            method=f"L{package.replace('.', '/')}/ActivationService;->onStartCommand(Landroid/content/Intent;II)I",
            classes=("a.b",),
            steps=("reads getImei (in La/c;->b()V)", "sends write (in La/b;->a()V)"),
        )

    packages = {"found": (name,), "several": (name, "com.example.twin")}.get(outcome, ())
    sure = {"found": 0.98, "several": 0.49}.get(outcome, 0.0)
    origins = tuple(candidate(p, sure, ids, "r-zzhc") for p in packages)
    because = {
        "found": ("One package stands out among 16 packages.",),
        "several": ("2 packages fit about as well as each other; what was seen does not tell them apart.",),
        "not-in-build": ("Nothing in 15 packages points to it: the host stands in none of them.",),
    }.get(outcome, ("Nothing in 15 packages points to it.", "The code of system/app/x.apk could not be read, and may hold it."))
    answer = Attribution(
        id="a-1",
        recipient="r-zzhc",
        disclosures=ids,
        outcome=outcome,
        confidence=0.95 if outcome == "not-in-build" else sure,
        packages=packages,
        because=because,
    )
    other = Attribution(
        id="a-2",
        recipient="r-other",
        disclosures=(),
        outcome="undecided",
        confidence=0.0,
        packages=(),
        because=("No word of it.",),
    )
    summary = summarise(
        disclosures=base.disclosures,
        recipients=base.recipients,
        verdicts=base.verdicts,
        flows=base.flows,
        declaration_given=True,
        claims=CLAIMS,
        origins=origins,
        attributions=(answer, other),
    )
    build = SearchedBuild(
        name="batch.vfx", fingerprint="Example/onyx/B2N:8.1.0/X/1:user/release-keys", model="Nokia 7 plus", packages=16, unread=()
    )
    return replace(base, origins=origins, attributions=(answer, other), build=build, summary=summary)


def attributed_to_a_hostile_package() -> AuditDocument:
    """A package may name itself as it likes."""
    return attributed(hostile=True)


def empty() -> AuditDocument:
    """Everything was in clear and nothing was found."""
    return document(flows=tuple(flow(n, "plain.example.org", "203.0.113.9:80", protection="none") for n in range(5)))


def encrypted_only() -> AuditDocument:
    """Fourteen conversations with nine hosts, none readable."""
    return document()


def three_recipients() -> AuditDocument:
    """The incident's host, a declared one in the US, one in Ireland over TLS; and a register that contradicts another."""

    def other(key: str, host: str, country: str, ip: str, *, torn: bool = False) -> Recipient:
        return Recipient(
            id=key,
            host=host,
            registrable_domain=host.partition(".")[2],
            domain_registry=DomainRegistry(name="VeriSign", country=None, source="https://www.iana.org/domains/root/db/com.html"),
            addresses=(
                Address(
                    ip=ip,
                    asn=64500,
                    as_name="Example Networks",
                    as_country="US",
                    registry_country=country,
                    sources=("asn 2026-10-01",),
                ),
            ),
            organisation=None,
            countries=(
                CountryClaim(country=country, register="address registry"),
                CountryClaim(country="US", register="autonomous system"),
            ),
            country=None if torn else country,
            country_why="Two registers disagree." if torn else "The address registry says so.",
        )

    base = incident()
    rows = (
        *base.disclosures,
        disclosure(
            "advertising_id",
            "00000000-1111-4222-8333-444444444444",
            "gaid",
            recipient="r-us",
            flow="f-1",
            protection="none",
            count=2,
            known=False,
        ),
        disclosure("coordinates", "60.17,24.94", "loc", recipient="r-us", flow="f-1", protection="tls1.2", count=7, known=False),
        disclosure(
            "email", "person@example.org", "mail", recipient="r-ie", flow="f-2", protection="tls1.3", count=1, known=False
        ),
        replace(
            disclosure("account", "someone", "user", recipient="r-ie", flow="f-2", protection="tls1.3", count=1),
            certainty="possible",
        ),
    )
    return document(
        disclosures=rows,
        recipients=(
            ZZHC,
            other("r-us", "t.tracker.example.com", "US", "198.51.100.7"),
            other("r-ie", "mail.example.net", "IE", "192.0.2.30", torn=True),
        ),
        verdicts=(
            *ZZHC_VERDICTS,
            verdict(
                "r-us", "transfer", "adequate", because=("An adequacy decision covers the recipient.",), article="art. 45(3)"
            ),
            verdict("r-us", "transparency", "declared", because=("The declaration names it.",), article="art. 13(1)(e)"),
            verdict(
                "r-ie",
                "transfer",
                "undecided",
                because=("Registers disagree.",),
                missing=("Where the recipient is established.",),
                article="art. 44",
            ),
        ),
        flows=base.flows,
        problems=base.problems,
        claims=CLAIMS,
    )


HOSTILE = (
    "<script>alert(1)</script>",
    "\x1b]0;owned\x07\x1b[2J",
    '=HYPERLINK("http://198.51.100.1/")',
    "\u202egnp.exe\u2066",
    "'\"><img src=x onerror=alert(1)>",
    "</script><svg onload=alert(2)>",
    "\ud800lone",
    "[bold red]markup[/]\r\nsecond line\x00",
)


def hostile() -> AuditDocument:
    """Every string that a capture, a file name or a register can hold is an attack."""
    recipients = tuple(
        replace(
            ZZHC,
            id=f"r-{n}",
            host=text,
            organisation=Organisation(name=text, country=None, source="javascript:alert(3)"),
            country_why=text,
        )
        for n, text in enumerate(HOSTILE)
    )
    rows = tuple(
        replace(
            disclosure("imei", IMEI, "IMEI1", recipient=f"r-{n}"),
            id=f"{text}-{n}",
            value=text,
            field=text,
            certainty_why=text,
            form=(text,),
        )
        for n, text in enumerate(HOSTILE)
    )
    custom = tuple(replace(rows[n], id=f"c-{n}", kind=f"custom:{text}") for n, text in enumerate(HOSTILE))
    return document(
        disclosures=(*rows, *custom),
        recipients=recipients,
        verdicts=tuple(
            replace(ZZHC_VERDICTS[0], recipient=r.id, id=r.id, because=(r.host or "",), missing=(r.host or "",))
            for r in recipients
        ),
        flows=tuple(flow(n, text, text, app=text, why_not_decrypted=text) for n, text in enumerate(HOSTILE)),
        problems=tuple(Problem(where=t, what=t, next_step=t) for t in HOSTILE),
        claims=tuple((r.id, HOSTILE[0]) for r in recipients),
        name=HOSTILE[4],
    )


def huge(rows: int = 3_000) -> AuditDocument:
    """More rows, recipients, flows and problems than a page shows."""
    recipients = tuple(replace(ZZHC, id=f"r-{n}", host=f"h{n}.example.com") for n in range(250))
    return document(
        disclosures=tuple(disclosure(*VALUES[n % len(VALUES)], recipient=f"r-{n % 250}", number=n) for n in range(rows)),
        recipients=recipients,
        verdicts=tuple(replace(v, id=f"{v.id}-{r.id}", recipient=r.id) for r in recipients for v in ZZHC_VERDICTS),
        flows=tuple(flow(n, f"host{n}.example.com", f"203.0.113.{n % 250}:443") for n in range(rows)),
        problems=tuple(Problem(where=f"frame {n}", what="is cut") for n in range(700)),
    )
