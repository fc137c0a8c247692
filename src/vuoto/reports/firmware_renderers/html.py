"""`--format html`: one file that opens from disk, loads nothing, and has no script."""

from __future__ import annotations

from typing import Final

from vuoto.facts.firmware_view import FirmwareView
from vuoto.reports.firmware_page.hosts import hosts_section
from vuoto.reports.firmware_page.oddities import oddities_section, rules_section
from vuoto.reports.firmware_page.packages import packages_section
from vuoto.reports.firmware_renderer import FirmwareOptions, FirmwareRenderer
from vuoto.reports.firmware_words import NO_PROOF, build_lines, recipient_of, sentences, starts_of
from vuoto.reports.page.element import Html, h
from vuoto.reports.page.figures import figures
from vuoto.reports.page.sheet import again_section, problems_section, sheet
from vuoto.reports.page.table import table
from vuoto.reports.showing import counted

MOST_PROPERTIES: Final = 200


def _render(view: FirmwareView, options: FirmwareOptions) -> bytes:
    title = "What this package can send" if len(view.packages) == 1 and view.build is None else "What this build can send"
    anchors = {} if options.scan else {package.package.path: f"p-{number}" for number, package in enumerate(view.packages)}
    known = dict(build_lines(view))
    return sheet(
        title=title,
        of=view.name,
        about=" · ".join(p for p in (view.name, known.get("Model", ""), known.get("Security patch", "")) if p),
        skip=("odd", "Skip to what is odd"),
        main=(
            _lead(view),
            _figures(view),
            oddities_section(view, anchors),
            hosts_section(view, anchors),
            None if options.scan else packages_section(view, anchors),
            _build(view),
            rules_section(view),
            problems_section(view.problems),
            again_section(options.command),
        ),
        foot=f"Vuoto {view.tool.version}, {view.schema}. {NO_PROOF}",
    )


def _lead(view: FirmwareView) -> Html:
    grave = any(one.concern == "high" for one in view.oddities)
    said = sentences(view)
    return h(
        "section",
        {"class": "lead high" if grave else "lead", "aria-label": "In short"},
        [h("p", {"class": "first"} if place == 0 else None, sentence) for place, sentence in enumerate(said[:8])],
        h("p", None, f"{counted(len(said) - 8, 'more package')} may do so: see below.") if len(said) > 8 else None,
    )


def _figures(view: FirmwareView) -> Html:
    grave = sum(1 for one in view.oddities if one.concern == "high")
    hosts = {use.host: use for package in view.packages for use in package.hosts}
    organisations = (recipient_of(view, use) for use in hosts.values())
    countries = {
        one.organisation.country for one in organisations if one is not None and one.organisation and one.organisation.country
    }
    boot = sum(1 for package in view.packages if "boot" in starts_of(package))
    numbers = (
        (view.packages_read, "package", "packages", False),
        (grave, "grave finding", "grave findings", grave > 0),
        (len(view.oddities) - grave, "other finding", "other findings", False),
        (len(hosts), "host named", "hosts named", False),
        (len(countries), "country of an owner", "countries of owners", False),
        (boot, "started at boot", "started at boot", False),
    )
    return figures(numbers)


def _build(view: FirmwareView) -> Html | None:
    """What the build says of itself, and the properties that tell variants apart."""
    if view.build is None:
        return None
    rows = [*build_lines(view), *((f"Fingerprint of {p}", f) for p, f in view.build.fingerprints if f != view.build.fingerprint)]
    variant = [(p.name, p.value, p.file) for p in view.build.variant[:MOST_PROPERTIES]]
    caption = "Properties that speak of variant, carrier, region or registration"
    return h(
        "section",
        {"id": "build"},
        h("h2", None, "The build"),
        h("dl", {"class": "facts"}, [part for label, value in rows for part in (h("dt", None, label), h("dd", None, value))]),
        table(caption, ("Property", "Value", "Set in"), variant, named=0, shown=True) if variant else None,
    )


RENDERER = FirmwareRenderer(format="html", says="one page to read and to check, in any browser", render=_render)
