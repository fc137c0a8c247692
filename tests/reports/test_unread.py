"""Unread conversations are told by host, with what is true of all of them."""

from __future__ import annotations

from dataclasses import replace

from reports import documents
from vuoto.reports import render
from vuoto.reports.unread import is_unread, unread_hosts

ONE = documents.flow(1, "api.example.com", "192.0.2.1:443", protection="tls1.3")


def test_conversations_with_one_host_are_one_row() -> None:
    first = replace(
        ONE, why_not_decrypted="TLS 1.3; no key log was given", bytes_out=10, bytes_in=1, first="2019-02-20T07:00:00Z"
    )
    second = replace(first, server="192.0.2.2:443", bytes_out=5, first="2019-02-20T06:00:00Z")
    (row,) = unread_hosts([first, second])
    assert (row.host, list(row.addresses), row.times) == ("api.example.com", ["192.0.2.1:443", "192.0.2.2:443"], 2)
    assert (row.bytes_out, row.bytes_in, row.first) == (15, 2, "2019-02-20T06:00:00Z")
    assert row.why == "no key log was given", "the protection stands beside it"


def test_what_differs_between_them_is_left_out_of_the_reason() -> None:
    first = replace(
        ONE, host=None, protection="unknown", why_not_decrypted="not recognised; looked through as plain bytes; 3 bytes"
    )
    second = replace(first, why_not_decrypted="not recognised; looked through as plain bytes; 4 bytes")
    (row,) = unread_hosts([first, second])
    assert row.why == "not recognised; looked through as plain bytes"
    (alone,) = unread_hosts([second])
    assert alone.why.endswith("4 bytes")


def test_another_protection_reason_or_host_is_another_row() -> None:
    first = replace(ONE, why_not_decrypted="TLS 1.3; no key log was given", bytes_out=1)
    others = (
        replace(first, protection="tls1.2", why_not_decrypted="TLS 1.2; no key log was given", bytes_out=2),
        replace(first, host="b.example.com", bytes_out=3),
        replace(first, protection="unknown", why_not_decrypted="nothing left the device", bytes_out=0),
    )
    rows = unread_hosts([first, *others])
    assert [row.bytes_out for row in rows] == [3, 2, 1, 0], "those that were sent most first"


def test_what_was_read_is_not_listed() -> None:
    clear = replace(ONE, protection="none", why_not_decrypted=None)
    opened = replace(ONE, decrypted=True, why_not_decrypted=None)
    assert not is_unread(clear)
    assert not is_unread(opened)
    assert unread_hosts([clear, opened]) == ()
    assert unread_hosts([replace(ONE, why_not_decrypted=None)])[0].why == "no keys were given"


def test_a_thousand_breaks_of_one_kind_are_one_line_at_the_terminal() -> None:
    one = documents.incident()
    broken = tuple(
        replace(one.problems[0], where=f"a.pcap, frame {n}", what=f"the frame is cut after {n} bytes", next_step=None)
        for n in range(1, 1_000)
    )
    other = replace(broken[0], where="b.pcap, frame 1")
    text = " ".join(render(replace(one, problems=(*broken, other)), "terminal").decode().split())
    assert "a.pcap, frame 1: the frame is cut after 1 bytes. And 998 more like it." in text
    assert "b.pcap, frame 1: the frame is cut after 1 bytes." in text
    assert "frame 2:" not in text


def test_the_inputs_of_a_folder_do_not_push_the_sentences_away() -> None:
    one = documents.incident()
    many = replace(one, inputs=tuple(replace(one.inputs[0], name=f"{n}.pcap") for n in range(100)))
    lines = render(many, "terminal").decode().splitlines()
    assert lines[5] == "and 95 more inputs"
    assert lines[7].startswith("IMEI")
    page = render(many, "html").decode()
    assert "<title>What left this phone: 0.pcap, 1.pcap, 2.pcap and 97 more inputs</title>" in page
    assert page.count("99.pcap") >= 1, "all stand at the end"


def test_open_questions_stand_in_one_line_of_the_table() -> None:
    one = documents.incident()
    verdict = one.verdicts[0]
    open_ = [replace(verdict, question=q, outcome="undecided") for q in ("transfer", "minimisation", "terminal-equipment")]
    text = render(replace(one, verdicts=tuple(open_)), "terminal", width=160).decode()
    assert text.count("undecided: minimisation,") == 1
    assert text.count("undecided:") == 1


def test_the_page_says_where_a_host_stands_that_could_not_be_read() -> None:
    one = documents.incident()
    shut = replace(
        ONE, host=None, server=f"{documents.ZZHC.addresses[0].ip}:443", why_not_decrypted="TLS 1.3; no key log was given"
    )
    unnamed = replace(documents.ZZHC, host=None)
    page = render(replace(one, flows=(shut,), recipients=(*one.recipients, unnamed)), "html").decode()
    row = page[page.index('id="unread"') :].partition("</tbody>")[0]
    assert '<td role="cell" data-head="Country">China</td>' in row
    assert '<td role="cell" class="why" data-head="Why">no key log was given</td>' in row


def test_where_nothing_was_said_nothing_is_said_to_have_been_searched() -> None:
    page = render(replace(documents.empty(), flows=()), "html").decode()
    assert "There was no conversation." in page
    assert "Every conversation could be searched." not in page
    assert "Every conversation could be searched." in render(documents.empty(), "html").decode()
