"""The few errors a person may see. Everything else that goes wrong is a `Problem` in the document, or our own bug."""

from __future__ import annotations


class VuotoError(Exception):
    """An error to show a person: what is wrong, where, and the next step.

    `exit_code` is what a command ends with; the codes are part of the contract of the command line.
    """

    exit_code = 70

    def __init__(self, what: str, *, where: str | None = None, next_step: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.next_step = next_step

    def __str__(self) -> str:
        """`where: what. Next step.`; what takes several lines is followed by the next step on a line of its own."""
        head = f"{self.where}: {self.what.rstrip()}" if self.where else self.what.rstrip()
        return f"{head}{chr(10) if chr(10) in head else '. '}{self.next_step}" if self.next_step else head


class UsageError(VuotoError):
    """The command was called with options that contradict each other or mean nothing."""

    exit_code = 2


class InputError(VuotoError):
    """An input of the user's (a capture, a profile, a declaration) cannot be read at all."""

    exit_code = 3
