"""What a person should read first: the document in a dozen sentences, worst first, each said from facts alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from vuoto.facts.countries import country_spoken
from vuoto.facts.disclosures import Disclosure
from vuoto.facts.document import Summary
from vuoto.facts.flows import Flow
from vuoto.facts.origins import Attribution, Origin
from vuoto.facts.recipients import Address, Recipient
from vuoto.facts.verdicts import Verdict
from vuoto.facts.vocabulary import CERTAINTIES, Outcome, kind_of
from vuoto.reports.attributing import said_of
from vuoto.reports.showing import (
    PROTECTION_WORDS,
    QUESTION_WORDS,
    capital,
    counted,
    country_title,
    encrypted,
    kind_title,
    listed,
    reading_order,
    recipient_name,
    times_words,
    visible,
)

MOST_SENTENCES: Final = 12
"""What a person reads before the tables; further recipients are counted in one more sentence."""

MOST_KINDS: Final = 12
"""Kinds named in one sentence; the rest are counted."""

CLAIM: Final = "The media type claims encryption; there is none."

# How a sentence on something new reads; what stands between two of these belongs to the one before.
_STARTS: Final = (
    "left this phone",
    "The code that ",
    "hold code that can have sent",
    "Which code sent",
    "could not be read",
    "only look",
    "more recipient",
    "Bytes are missing",
    "No personal data",
    "No conv",
)
_QUESTIONS: Final = tuple(QUESTION_WORDS)
_BAD_FIRST: Final[tuple[Outcome, ...]] = (
    "no-declared-basis",
    "undecided",
    "declared-derogation",
    "declared-safeguard",
    "adequate",
    "within-eea",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What one recipient got, and what the verdicts say of it."""

    recipient: Recipient
    """Who."""

    rows: tuple[Disclosure, ...]
    """What it got, above `possible`, in reading order."""

    verdicts: tuple[Verdict, ...]
    """What is said of it."""

    def identifying(self) -> bool:
        """Whether something singles a person out, or may."""
        return any(kind_of(r.kind).family != "technical" for r in self.rows)

    def exposed(self) -> bool:
        """Whether something that identifies went without protection."""
        return any(r.protection == "none" and kind_of(r.kind).family != "technical" for r in self.rows)

    def has(self, outcome: Outcome) -> bool:
        """Whether some verdict says so."""
        return any(v.outcome == outcome for v in self.verdicts)

    def rank(self) -> tuple[bool, bool, bool, bool, bool, int, int, str, str]:
        """Sort key, worst first: outside, exposed, identifying, without basis, undeclared, less of a basis, often."""
        often = max((r.count for r in self.rows), default=0)
        return (
            self.recipient.local,
            not self.exposed(),
            not self.identifying(),
            not self.has("no-declared-basis"),
            not self.has("undeclared"),
            _worst(v.outcome for v in self.verdicts if v.question == "transfer"),
            -often,
            recipient_name(self.recipient),
            self.recipient.id,
        )


def _worst(outcomes: Iterable[Outcome]) -> int:
    """The place in `_BAD_FIRST` of the worst, behind all of them where there is none."""
    return min((_BAD_FIRST.index(o) for o in outcomes if o in _BAD_FIRST), default=len(_BAD_FIRST))


def accounts(
    disclosures: Sequence[Disclosure], recipients: Sequence[Recipient], verdicts: Sequence[Verdict]
) -> tuple[Account, ...]:
    """One account per recipient that got something above `possible`, worst first."""
    rows: defaultdict[str, list[Disclosure]] = defaultdict(list)
    for row in disclosures:
        if row.certainty != "possible":
            rows[row.recipient].append(row)
    said: defaultdict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        said[verdict.recipient].append(verdict)
    found = [
        Account(
            recipient=r,
            rows=tuple(sorted(rows[r.id], key=lambda row: (reading_order(row.kind), row.id))),
            verdicts=tuple(
                sorted(
                    said[r.id],
                    key=lambda v: (_QUESTIONS.index(v.question), v.jurisdiction != "eu", v.jurisdiction, v.as_of, v.id),
                )
            ),
        )
        for r in recipients
        if r.id in rows
    ]
    return tuple(sorted(found, key=Account.rank))


def summarise(
    *,
    disclosures: Sequence[Disclosure],
    recipients: Sequence[Recipient],
    verdicts: Sequence[Verdict],
    flows: Sequence[Flow],
    declaration_given: bool,
    claims: Sequence[tuple[str, str]] = (),
    origins: Sequence[Origin] = (),
    attributions: Sequence[Attribution] = (),
) -> Summary:
    """Counts and sentences. `claims`: `(recipient id, media type)` of messages sent in clear whose type claims encryption."""
    found = accounts(disclosures, recipients, verdicts)
    above = [d for d in disclosures if d.certainty != "possible"]
    counts = Counter(d.certainty for d in disclosures)
    return Summary(
        kinds=_sorted(Counter(d.kind for d in above)),
        certainty={c: counts[c] for c in CERTAINTIES if counts[c]},
        protection=_sorted(Counter(d.protection for d in above)),
        outcome=_sorted(Counter(v.outcome for v in verdicts)),
        highest=_highest(found, possible=len(disclosures) > len(above)),
        sentences=(
            *_on_recipients(
                found,
                declaration_given=declaration_given,
                lied={r for r, _ in claims},
                over_tls=frozenset(f.id for f in flows if f.protection == "unknown" and "tls" in f.protocols),
                by_code={a.recipient.id: said_of(attributions, origins, a.recipient.id) for a in found},
            ),
            *_on_the_rest(flows, found=bool(above), possible=len(disclosures) - len(above)),
        ),
    )


def paragraphs(sentences: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The sentences in groups, one per thing they are about."""
    groups: list[list[str]] = []
    for sentence in sentences:
        if not groups or any(start in sentence for start in _STARTS):
            groups.append([])
        groups[-1].append(sentence)
    return tuple(tuple(group) for group in groups)


def _sorted(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(counter.items()))


def _highest(found: Sequence[Account], *, possible: bool) -> str:
    outside = [a for a in found if not a.recipient.local]
    if any(a.exposed() or (a.identifying() and a.has("no-declared-basis")) for a in outside):
        return "high"
    if any(a.identifying() and (a.has("undeclared") or a.has("undecided") or a.has("unprotected")) for a in outside):
        return "medium"
    return "low" if found or possible else "none"


def _on_recipients(
    found: Sequence[Account],
    *,
    declaration_given: bool,
    lied: set[str],
    over_tls: frozenset[str],
    by_code: Mapping[str, Sequence[str]],
) -> list[str]:
    sentences: list[str] = []
    for told, account in enumerate(found):
        group = _on_one(account, declaration_given=declaration_given, lied=account.recipient.id in lied, over_tls=over_tls)
        group += by_code[account.recipient.id]
        if told and len(sentences) + len(group) > MOST_SENTENCES:
            sentences.append(f"{counted(len(found) - told, 'more recipient')} got data from this phone; all are listed.")
            break
        sentences += group
    return sentences


def _on_one(account: Account, *, declaration_given: bool, lied: bool, over_tls: frozenset[str]) -> list[str]:
    clear = [r for r in account.rows if r.protection == "none"]
    # A HAR says `https` and not which version.
    versionless = [r for r in account.rows if r.protection == "unknown" and r.flow in over_tls]
    unknown = [r for r in account.rows if r.protection == "unknown" and r.flow not in over_tls]
    shut = [r for r in account.rows if encrypted(r.protection)]
    ways = listed(sorted({PROTECTION_WORDS[r.protection] for r in shut}))
    sentences: list[str] = []
    for rows, how in (
        (clear, "unencrypted"),
        (unknown, "with unknown protection"),
        (versionless, "over TLS of an unknown version"),
        (shut, f"encrypted on the way ({ways})"),
    ):
        if not rows:
            continue
        kinds, often = _kinds_of(rows)
        if sentences:
            sentences.append(f"{capital(kinds)} went there {how}, {often}.")
        else:
            sentences.append(f"{capital(kinds)} left this phone {how}, {often}, to {_who(account.recipient)}.")
    if lied and clear:
        sentences.append(CLAIM)
    if account.recipient.local:
        sentences.append("That is on the device's own network; nobody outside is known to have received it.")
    elif basis := _basis(account, declaration_given=declaration_given):
        sentences.append(basis)
    return sentences


def _kinds_of(rows: Sequence[Disclosure]) -> tuple[str, str]:
    """What went, and how often; what only describes the device is left to the table where something identifies."""
    told = [r for r in rows if kind_of(r.kind).family != "technical"] or list(rows)
    titles = list(dict.fromkeys(kind_title(r.kind) for r in told))
    if len(titles) > MOST_KINDS:
        titles = [*titles[:MOST_KINDS], f"{len(titles) - MOST_KINDS} more kinds"]
    rows_of: defaultdict[str, list[Disclosure]] = defaultdict(list)
    for row in told:
        rows_of[row.kind].append(row)
    counts = {_often(rows) for rows in rows_of.values()}
    most = max(counts)
    return listed(titles), times_words(most) if len(counts) == 1 else f"up to {times_words(most)} each"


def _often(rows: Sequence[Disclosure]) -> int:
    """How often something of one kind went: two values in one message once, a value today and another tomorrow twice."""
    return max(*(r.count for r in rows), len({time for r in rows for time in r.times}))


def _who(recipient: Recipient) -> str:
    """`zzhc.vnet.cn (42.99.2.15, China Telecom's network, China)`."""
    about: list[str] = []
    if recipient.addresses:
        first, more = recipient.addresses[0], len(recipient.addresses) - 1
        if recipient.host:
            about.append(visible(first.ip) + (f" and {counted(more, 'more address', 'more addresses')}" if more else ""))
        if not recipient.local:
            about += _network(recipient, first)
    if not recipient.local:
        named = [country_title(place) for place in recipient.places]
        if recipient.country:
            about.append(country_title(recipient.country))
        else:
            about.append(f"registers disagree: {' or '.join(named)}" if len(named) > 1 else "country not known")
    return f"{recipient_name(recipient)} ({', '.join(about)})" if about else recipient_name(recipient)


def _network(recipient: Recipient, address: Address) -> list[str]:
    organisation = recipient.organisation.name if recipient.organisation else ""
    operator = address.operator or address.as_name
    if not operator:
        return [visible(organisation)] if organisation else []
    same = organisation and _letters(organisation) in _letters(operator)
    name = visible(organisation if same else operator, 60)
    return [f"{name}'{'' if name.endswith('s') else 's'} network"]


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _basis(account: Account, *, declaration_given: bool) -> str:
    """Declared or not, and on what basis: `No declared recipient; no adequacy decision for China on 2019-02-20; …`."""
    said: list[str] = []
    told = [v for v in account.verdicts if v.question == "transparency"]
    if not declaration_given:
        said.append("no declaration was given to compare with")
    elif left_out := [v for v in told if v.outcome == "undeclared"]:
        if _is_declared(account):
            kinds = sorted({k for v in left_out for k in v.kinds}, key=reading_order)
            said.append(f"the recipient is declared, but not for {listed([kind_title(k) for k in kinds])}")
        else:
            said.append("no declared recipient")
    elif told and all(v.outcome == "declared" for v in told):
        said.append("the recipient is declared")
    said += _transfer([v for v in account.verdicts if v.question == "transfer"], account.recipient.country)
    return f"{capital('; '.join(said))}." if said else ""


def _is_declared(account: Account) -> bool:
    """Whether the declaration names the recipient at all: some kind is declared, it gives a country, or a verdict says so."""
    told = [v for v in account.verdicts if v.question == "transparency"]
    return (
        any(v.outcome == "declared" for v in told)
        or any(claim.register == "declaration" for claim in account.recipient.countries)
        or any("recipient-declared" in v.notes for v in told)
    )


def _transfer(verdicts: Sequence[Verdict], code: str | None) -> list[str]:
    """What is said of the transfer under the first body of law that has an answer (the EU's where it has)."""
    if not verdicts:
        return []
    law = verdicts[0].jurisdiction
    mine = [v for v in verdicts if v.jurisdiction == law]
    worst = min((v.outcome for v in mine), key=lambda o: _BAD_FIRST.index(o) if o in _BAD_FIRST else len(_BAD_FIRST))
    # A day is a date; where neither the capture nor the caller says one, none is named.
    days = sorted({v.as_of for v in mine if v.outcome == worst and v.as_of[:1].isdigit()})
    country = country_spoken(code) if code else "the country"
    on = f" on {days[0]}" + (f" and {counted(len(days) - 1, 'later day')}" if len(days) > 1 else "") if days else ""
    if worst == "no-declared-basis":
        assumed = any("law-assumed" in v.notes for v in mine)
        said = [f"no adequacy decision for {country}{on}", "no declared basis found"]
        return [*said, "EU law is assumed to apply"] if assumed else said
    if worst == "adequate":
        said = [f"an adequacy decision for {country} was in force{on}"]
        unproven = any("cover-unproven" in v.notes for v in mine)
        return [*said, "that it covers the recipient is declared, not proven"] if unproven else said
    if worst == "within-eea":
        return ["no third country was found to be involved"]
    if worst == "undecided":
        if all("cover-unproven" in v.notes for v in mine if v.outcome == worst):
            return [f"an adequacy decision for {country} was in force{on}", "whether it covers the recipient is undecided"]
        return [f"whether the transfer had a basis{on} is undecided"]
    return [f"a {worst.removeprefix('declared-')} is declared for the transfer{on}"]


def _searched(read: int, of: int) -> str:
    """How much of it could be searched, after `No personal data was found`."""
    if of == 1:
        return " in the only conversation, which could be searched" if read else ": the only conversation could not be read"
    if not read:
        return f": none of the {of:,} conversations could be read"
    return (
        f" in the {of:,} conversations, all of which could be searched"
        if read == of
        else (f" in the {read:,} of {of:,} conversations that could be searched")
    )


def _on_the_rest(flows: Sequence[Flow], *, found: bool, possible: int) -> list[str]:
    """What could not be read, what is missing, what is only possible; and, with no finding, what was looked at."""
    shut = [f for f in flows if encrypted(f.protection) and not f.decrypted]
    unread = [f for f in flows if not encrypted(f.protection) and f.why_not_decrypted]
    sentences: list[str] = []
    if not found:
        read = len(flows) - len(shut) - len(unread)
        if flows:
            sentences.append(f"No personal data was found{_searched(read, len(flows))}.")
            sentences.append(
                "Absence in these bytes is not proof of absence: what was encrypted, missing or not captured may hold some."
            )
        else:
            sentences.append("No conversation was found in what was given, so nothing could be searched.")
    if shut:
        hosts = len({f.host or f.server or f.id for f in shut})
        who = f"{counted(len(shut), 'conversation')} with {counted(hosts, 'host')}"
        was, they = ("was", "it is") if len(shut) == 1 else ("were", "they are")
        sentences.append(f"{who} {was} encrypted and could not be read; {they} listed.")
    if unread:
        number = counted(len(unread), "more conversation" if shut or found or len(unread) < len(flows) else "conversation")
        they = "it is" if len(unread) == 1 else "they are"
        sentences.append(f"{number} could not be read as a known protocol; {they} listed with the reason.")
    if holes := sum(1 for f in flows if f.gaps):
        sentences.append(f"Bytes are missing from {counted(holes, 'conversation')}; what stood there is not known.")
    if possible:
        verb, are = ("looks", "it is") if possible == 1 else ("look", "they are")
        sentences.append(
            f"{counted(possible, 'more value' if found else 'value')} only {verb} like personal data; {are} listed as possible."
        )
    return sentences
