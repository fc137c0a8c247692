"""How wide and whether in colour: what the environment says, as far as it is sense."""

from __future__ import annotations

import os

import pytest

from vuoto.cli._terminal import coloured, columns


@pytest.mark.parametrize(
    ("said", "width"), [("120", 120), ("", 80), ("0", 80), ("wide", 80), ("-5", 80), ("²", 80), ("9" * 5000, 80)]
)
def test_a_width_that_is_no_number_is_passed_over(said: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: False)
    monkeypatch.setenv("COLUMNS", said)
    assert columns() == width


def test_a_terminal_that_nobody_told_its_size_has_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.delenv("COLUMNS", raising=False)
    for said, width in ((0, 80), (132, 132)):
        monkeypatch.setattr("os.get_terminal_size", lambda said=said: os.terminal_size((said, 0)))
        assert columns() == width


def test_colour_is_for_terminals_whose_user_does_not_refuse_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert coloured()
    monkeypatch.setenv("NO_COLOR", "1")
    assert not coloured()
    monkeypatch.setenv("NO_COLOR", "")  # no-color.org: present and not empty
    assert coloured()
    monkeypatch.setenv("TERM", "dumb")
    assert not coloured()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stdout.isatty", lambda: False)
    assert not coloured()
