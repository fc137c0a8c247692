"""`--format html`: `report.html`, one file that opens from disk, loads nothing, and says the same without its script."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from vuoto.facts.document import AuditDocument
from vuoto.reports.page.element import Html, h, together, trusted
from vuoto.reports.page.figures import figures
from vuoto.reports.page.findings import findings
from vuoto.reports.page.frame import framed
from vuoto.reports.page.origins import origins_section
from vuoto.reports.page.parties import parties
from vuoto.reports.page.pictures import island, times_table, ways_table
from vuoto.reports.page.records import inputs_section, unread_section
from vuoto.reports.renderer import Renderer, RenderOptions
from vuoto.reports.sentences import Account, accounts, paragraphs
from vuoto.reports.showing import counted, encrypted, few

TITLE: Final = "What left this phone"

MOST_NAMES: Final = 3
"""Inputs named in the title; all stand at the end of the page."""


@cache
def _asset(name: str) -> str:
    return files("vuoto.reports.renderers").joinpath("assets", name).read_text("utf-8")


def _render(document: AuditDocument, options: RenderOptions) -> bytes:
    style, script = _asset("report.css"), _asset("report.js")
    found = accounts(document.disclosures, document.recipients, document.verdicts)
    order = {account.recipient.id: place for place, account in enumerate(found)}
    names = few([i.name for i in document.inputs], MOST_NAMES, "input")
    body = h(
        "body",
        None,
        h("a", {"class": "skip", "href": "#findings"}, "Skip to the table"),
        _masthead(document),
        h(
            "main",
            None,
            _lead(document),
            _figures(document, found),
            _pictures(found),
            findings(document, order),
            parties(found),
            origins_section(document),
            unread_section(document),
            inputs_section(document, options.command),
        ),
        _foot(document),
        island(document, found),
        trusted(f"<script>{script}</script>"),
    )
    return framed(f"{TITLE}: {names}" if names else TITLE, body, style=style, script=script)


def _masthead(document: AuditDocument) -> Html:
    days = sorted({t[:10] for i in document.inputs for t in (i.first, i.last) if t})
    when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}" if days else ""
    names = few([i.name for i in document.inputs], MOST_NAMES, "input")
    about = " · ".join(part for part in (names, when) if part)
    return h("header", None, h("p", {"class": "kicker"}, "Vuoto audit"), h("h1", None, TITLE), h("p", {"class": "about"}, about))


def _lead(document: AuditDocument) -> Html:
    """The sentences, the first group large."""
    groups = paragraphs(document.summary.sentences)
    high = document.summary.highest == "high"
    return h(
        "section",
        {"class": "lead high" if high else "lead", "aria-label": "In short"},
        [
            h(
                "p",
                {"class": "first"} if place == 0 else None,
                h("strong", None, group[0]) if place == 0 else group[0],
                [f" {s}" for s in group[1:]],
            )
            for place, group in enumerate(groups)
        ],
    )


def _figures(document: AuditDocument, found: tuple[Account, ...]) -> Html:
    outside = [a for a in found if not a.recipient.local]
    rows = sum(len(a.rows) for a in found)
    clear = sum(1 for a in found for r in a.rows if r.protection == "none")
    countries = {a.recipient.country for a in outside if a.recipient.country}
    shut = sum(1 for f in document.flows if encrypted(f.protection) and not f.decrypted)
    numbers = (
        (rows, "value found", "values found", False),
        (clear, "unencrypted", "unencrypted", clear > 0),
        (len(found), "recipient", "recipients", False),
        (len(countries), "country", "countries", False),
        (len(document.flows), "conversation", "conversations", False),
        (shut, "encrypted, not read", "encrypted, not read", False),
    )
    return figures(numbers)


def _pictures(found: tuple[Account, ...]) -> Html | None:
    if not found:
        return None
    legend = h(
        "p",
        {"class": "legend"},
        [
            h("span", {"class": f"key {name}"}, words)
            for name, words in (("clear", "unencrypted"), ("shut", "encrypted"), ("unknown", "protection unknown"))
        ],
    )
    return together(
        h(
            "section",
            {"id": "ways"},
            h("h2", None, "From data to country"),
            legend,
            h("div", {"class": "picture", "id": "sankey"}),
            h("details", {"class": "words"}, h("summary", None, "The same as a table"), ways_table(found)),
        ),
        h(
            "section",
            {"id": "times"},
            h("h2", None, "When it was sent (UTC)"),
            h("div", {"class": "picture", "id": "timeline"}),
            h("details", {"class": "words"}, h("summary", None, "The same as a table"), times_table(found)),
        ),
    )


def _foot(document: AuditDocument) -> Html:
    return h(
        "footer",
        None,
        h(
            "p",
            None,
            f"Vuoto {document.tool.version}, {document.schema}. {counted(len(document.disclosures), 'row')} in the document. ",
            "“No declared basis found” says what was looked for and not found; "
            "whether something was lawful is for an authority or a court to say.",
        ),
    )


RENDERER = Renderer(
    format="html",
    file_name="report.html",
    media_type="text/html; charset=utf-8",
    says="one page to read and to check, in any browser",
    render=_render,
)
