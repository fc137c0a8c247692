"""`--format html`: one page for who must say which phones are concerned: sentences, then every build, then what is not known."""

from __future__ import annotations

from typing import Final

from vuoto import __version__
from vuoto.facts.scopes import Scope, ScopeHit, ScopeRow, ScopeState
from vuoto.reports.page.element import Html, h, together
from vuoto.reports.page.figures import figures
from vuoto.reports.page.sheet import again_section, problems_section, sheet
from vuoto.reports.page.table import Cell, table
from vuoto.reports.renderer import RenderOptions
from vuoto.reports.scopes.form import ScopeForm
from vuoto.reports.showing import counted, visible

MOST_ROWS: Final = 2_000
"""Builds written out; the JSON holds all."""

MOST_HITS: Final = 40
"""Packages of one build written out."""

_LOOKS: Final[dict[ScopeState, str]] = {"present": "high", "unknown": "medium", "absent": "low"}
_SUBJECTS: Final = {"package": "", "class": "the class ", "host": "the host ", "like": "the code of "}


def _render(scope: Scope, options: RenderOptions) -> bytes:
    title = f"Where {_SUBJECTS[scope.asked]}{visible(scope.what, 200)} is"
    return sheet(
        title=title,
        of=counted(len(scope.rows), "build"),
        about=f"{counted(len(scope.rows), 'build')}, in the order in which they were made",
        skip=("builds", "Skip to the builds"),
        main=(
            _lead(scope),
            _figures(scope),
            _builds(scope),
            h(
                "section",
                {"id": "limits"},
                h("h2", None, "What this answer does not say"),
                h("ul", None, [h("li", None, f"{limit}.") for limit in scope.limits]),
            ),
            problems_section(scope.problems),
            again_section(options.command),
        ),
        foot=f"Vuoto {__version__}, {scope.schema}. SHA-256 is of the package's file.",
    )


def _lead(scope: Scope) -> Html:
    found = any(row.state == "present" for row in scope.rows)
    return h(
        "section",
        {"class": "lead high" if found else "lead", "aria-label": "In short"},
        [h("p", {"class": "first"} if place == 0 else None, visible(text, 2000)) for place, text in enumerate(scope.sentences)],
    )


def _figures(scope: Scope) -> Html:
    of = {state: sum(row.state == state for row in scope.rows) for state in _LOOKS}
    contents = len({hit.sha256 for row in scope.rows for hit in row.hits if hit.sha256})
    return figures(
        (
            (of["present"], "build has it", "builds have it", of["present"] > 0),
            (of["absent"], "build does not", "builds do not", False),
            (of["unknown"], "build is not known", "builds are not known", False),
            (contents, "different file", "different files", False),
        )
    )


def _builds(scope: Scope) -> Html:
    caption = "The builds"
    more = len(scope.rows) - MOST_ROWS
    heads = ("Build", "For", "Made", "There")
    return h(
        "section",
        {"id": "builds"},
        h("h2", None, caption),
        table(caption, heads, [_row(row, scope.asked == "package") for row in scope.rows[:MOST_ROWS]], named=0),
        h("p", {"class": "note"}, f"{counted(more, 'more build')}: the JSON holds all.") if more > 0 else None,
    )


def _row(row: ScopeRow, named: bool) -> tuple[Html, str, Html, Cell]:
    about = dict.fromkeys(part for part in (row.model, row.product) if part)
    patch = f"patch level {visible(row.security_patch)}" if row.security_patch else None
    return (
        together(row.build, _beneath(row.fingerprint and h("code", None, row.fingerprint))),
        " ".join(about) or "not said",
        together(row.built or "not said", _beneath(row.incremental), _beneath(patch)),
        Cell(_there(row, named), "digest"),
    )


def _beneath(text: str | None) -> Html | None:
    return h("span", {"class": "where"}, text) if text else None


def _there(row: ScopeRow, named: bool) -> Html:
    more = len(row.hits) - MOST_HITS
    return together(
        h("span", {"class": f"concern {_LOOKS[row.state]}"}, row.state),
        _beneath(row.why and f"{visible(row.why)}."),
        [_hit(hit, named) for hit in row.hits[:MOST_HITS]],
        _beneath(f"{counted(more, 'more package')}: the JSON holds all.") if more > 0 else None,
    )


def _hit(hit: ScopeHit, named: bool) -> Html:
    name = "" if named else visible(hit.package or hit.path)
    who = f"{name} {visible(hit.version or '')}".strip()
    return h(
        "div",
        None,
        f"{who}: {visible(hit.says)}" if who else visible(hit.says),
        _beneath(h("code", None, hit.path)),
        h("span", {"class": "where"}, "SHA-256 ", h("code", None, hit.sha256)) if hit.sha256 else None,
    )


FORM = ScopeForm(format="html", says="one page to read and to pass on, in any browser", render=_render)
