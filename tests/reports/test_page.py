from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import documents
from vuoto.facts.disclosures import Evidence, EvidenceLayer
from vuoto.facts.document import AuditDocument, Reference
from vuoto.reports import render
from vuoto.reports.page.bytes_view import bytes_view
from vuoto.reports.page.element import h
from vuoto.reports.page.findings import MOST_ROWS

OURS = {
    "html", "head", "meta", "title", "style", "body", "a", "main", "header", "footer", "section", "article", "h1", "h2",
    "h3", "h4", "p", "strong", "b", "i", "ul", "ol", "li", "span", "div", "details", "summary", "form", "label", "input",
    "select", "option", "button", "table", "caption", "thead", "tbody", "tr", "th", "td", "code", "pre", "time", "dl", "dt",
    "dd", "figure", "figcaption", "mark", "script",
}  # fmt: skip


class Reader(HTMLParser):
    """Elements, attributes and text of a page, and whether every element closes the one that was opened last."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.links: list[dict[str, str | None]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag == "a":
            self.links.append(dict(attrs))
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("script", "style"):
            self.text.append(data)


def page(document: AuditDocument, **options: str) -> str:
    return render(document, "html", **options).decode("utf-8")


def pictures(text: str) -> Any:
    found = re.search(r'id="pictures">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found[1])


BUILDS = (documents.incident, documents.empty, documents.three_recipients, documents.hostile)


@pytest.mark.parametrize("build", BUILDS, ids=lambda b: b.__name__)
def test_only_our_elements_and_no_handlers(build: Callable[[], AuditDocument]) -> None:
    read = Reader(page(build()))
    assert read.open == []
    assert read.tags <= OURS
    assert not [a for a in read.attributes if a.startswith("on") or a in ("style", "src")]
    assert len(set(read.ids)) == len(read.ids)


def test_hostile_text_is_text() -> None:
    read = Reader(page(documents.hostile()))
    text = "".join(read.text)
    assert "<script>alert(1)</script>" in text
    assert r"\u202egnp.exe\u2066" in text
    assert r"\x1b]0;owned\x07" in text
    assert not [link for link in read.links if (link["href"] or "").startswith("javascript:")]


@given(st.text(st.characters(codec=None), max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_comes_back_as_text(text: str) -> None:
    made = h("p", {"title": text}, text)
    read = Reader(made)
    assert read.tags == {"p"}
    assert read.attributes == {"title"}
    assert made.encode("utf-8")


def test_the_policy_allows_our_script_and_style_and_nothing_else() -> None:
    text = page(documents.hostile())
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    said = policy[1].replace("&#x27;", "'")
    assert said.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in said
    for tag, source in (("script", "script-src"), ("style", "style-src")):
        content = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert len(content) == 1
        digest = base64.b64encode(hashlib.sha256(content[0].encode()).digest()).decode()
        assert f"{source} 'sha256-{digest}'" in said
    assert text.index("Content-Security-Policy") < text.index("<style>")


def test_nothing_is_loaded_from_anywhere() -> None:
    text = page(documents.three_recipients())
    assert not re.search(r"<(link|img|iframe|object|embed|base|script [^>]*src)", text)
    assert "url(" not in text
    assert "@import" not in text
    assert "eval(" not in text
    assert "new Function" not in text


def test_links_go_to_sources_and_tell_nobody() -> None:
    read = Reader(page(documents.incident()))
    away = [link for link in read.links if not (link["href"] or "").startswith("#")]
    assert {link["href"] for link in away} == {documents.GDPR, "https://www.iana.org/domains/root/db/cn.html"}
    assert all(link["rel"] == "noreferrer" for link in away)


def test_an_address_inside_a_source_is_a_link() -> None:
    base = documents.incident()
    source = "IANA root zone database, https://www.iana.org/domains/root/db/cn.html, 2025-08-31"
    registry = replace(base.recipients[0].domain_registry, source=source)  # type: ignore[type-var]
    read = Reader(page(replace(base, recipients=(replace(base.recipients[0], domain_registry=registry),))))
    assert "https://www.iana.org/domains/root/db/cn.html" in {link["href"] for link in read.links}
    assert source in "".join(read.text)


def test_everything_is_there_without_the_script() -> None:
    document = documents.incident()
    text = "".join(Reader(page(document)).text)
    for words in (
        *document.summary.sentences,
        "frame.number in {12,15}",
        "e3" * 32,
        "ab" * 32,
        "com.qualcomm.qti.autoregistration",
        "No adequacy decision for China was in force on 2019-02-20.",
        "Whether the subscriber was asked.",
        "2. after base64",
        "53 49 4d 31",
        "vuoto audit nokia-7-plus.pcapng --format html",
        "host8.example.com",
        "Read up to the last whole packet.",
        "CNNIC, quoted by NRKbeta",
        "Which data went to whom, in which country",
    ):
        assert words in text, words
    assert documents.IMEI not in text


def test_the_command_that_was_run_is_shown() -> None:
    assert "vuoto audit a.pcap --as-of 2021-01-01" in page(documents.incident(), command="vuoto audit a.pcap --as-of 2021-01-01")


def test_the_maker_of_the_networks_data_is_linked_where_the_data_were_used() -> None:
    base = documents.incident()
    used = Reference(name="Vuoto networks", snapshot="2026-06-17", sha256="ab" * 32, licence="CC-BY-4.0")
    tool = replace(base.tool, reference=(*base.tool.reference, used))
    assert "https://db-ip.com" in {link["href"] for link in Reader(page(replace(base, tool=tool))).links}
    assert "https://db-ip.com" not in {link["href"] for link in Reader(page(base)).links}


def test_registers_that_disagree_are_said_to() -> None:
    text = "".join(Reader(page(documents.three_recipients())).text)
    assert "The registers disagree: Ireland and United States." in text
    assert text.count("The registers disagree") == 1


def test_the_pictures_hold_the_same_as_the_tables() -> None:
    text = page(documents.three_recipients())
    data = pictures(text)
    names = [n["name"] for n in data["sankey"]["nodes"]]
    assert {"IMEI", "zzhc.vnet.cn", "China", "undecided"} <= set(names)
    imei = names.index("IMEI")
    assert [link["value"] for link in data["sankey"]["links"] if link["source"] == imei] == [6]
    into, out = (
        sum(link["value"] for link in data["sankey"]["links"] if link[end] == names.index("zzhc.vnet.cn"))
        for end in ("target", "source")
    )
    assert into == out == 24
    assert "account name" not in names, "what is only possible is in the table, not in the picture"
    assert data["timeline"]["lanes"][0] == "zzhc.vnet.cn"


def test_a_large_document_is_bounded_and_says_so() -> None:
    text = page(documents.huge(MOST_ROWS + 500))
    assert text.count('class="row"') == MOST_ROWS
    assert f"The page shows the first {MOST_ROWS:,} of {MOST_ROWS + 500:,} rows; audit.json holds all." in text
    data = pictures(text)
    assert len(data["sankey"]["nodes"]) < 40
    assert len(data["timeline"]["marks"]) <= 2000
    assert "50 more recipients: audit.json holds all." in text
    assert "200 more: audit.json holds all." in text


def layers(*layers: EvidenceLayer) -> str:
    return "".join(Reader(bytes_view(Evidence(input=0, frames=(1,), stream_offset=0, length=1, layers=layers))).text)


def marked(layer: EvidenceLayer) -> list[str]:
    made = bytes_view(Evidence(input=0, frames=(1,), stream_offset=0, length=1, layers=(layer,)))
    return re.findall(r"<mark>(.*?)</mark>", made)


def test_the_value_is_marked_in_both_columns() -> None:
    data = b'{"imei":"001017"}'
    layer = EvidenceLayer(form="json", offset=109, length=6, excerpt_offset=100, excerpt=data.hex())
    assert marked(layer) == ["30 30 31 30 31 37", "001017"]


@pytest.mark.parametrize(
    ("offset", "length", "expected"),
    [
        (0, 3, ["61 62 63", "abc"]),
        (6, 4, ["67 68", "gh", "69 6a", "ij"]),
        (8, 90, ["69 6a", "ij"]),
        (50, 4, []),
        (-5, 2, []),
        (3, 0, []),
    ],
)
def test_marks_at_the_edges(offset: int, length: int, expected: list[str]) -> None:
    assert (
        marked(EvidenceLayer(form="wire", offset=offset, length=length, excerpt_offset=0, excerpt=b"abcdefghij".hex()))
        == expected
    )


def test_a_masked_body_is_said_not_shown_line_by_line() -> None:
    shown = layers(EvidenceLayer(form="wire", offset=0, length=512, excerpt_offset=0, excerpt=(b"*" * 512).hex()))
    assert "63 more lines like this" in shown
    assert shown.count("2a 2a") < 10
    mixed = layers(
        EvidenceLayer(form="wire", offset=8, length=40, excerpt_offset=0, excerpt=(b"abcdefgh" + b"*" * 40 + b"xyz").hex())
    )
    assert "4 more lines like this" in mixed
    assert "xyz" in mixed


def test_equal_lines_that_are_not_the_value_stay() -> None:
    shown = layers(EvidenceLayer(form="wire", offset=0, length=1, excerpt_offset=0, excerpt=(b"0" * 64).hex()))
    assert "more lines" not in shown
    assert shown.count("00000000") == 8


def test_markup_in_bytes_is_text() -> None:
    shown = layers(EvidenceLayer(form="<b>", offset=0, length=3, excerpt_offset=0, excerpt=b"<i>&\xff\x00".hex()))
    assert "3c 69 3e 26 ff 00" in shown
    assert "<i>&··" in shown
    assert "after <b>" in shown


def test_an_excerpt_that_is_no_hex_is_said_to_be() -> None:
    assert "not hex" in layers(EvidenceLayer(form="wire", offset=0, length=1, excerpt_offset=0, excerpt="zz"))


def test_a_copy_without_bytes_says_so() -> None:
    bare = replace(documents.incident().disclosures[0].evidence, layers=())
    assert "holds no bytes" in bytes_view(bare)
