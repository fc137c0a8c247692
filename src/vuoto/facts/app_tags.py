"""The app that a capture names for a frame, as one text: `Chrome [com.android.chrome, uid 10123]`."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_FORM: Final = re.compile(r"(?P<label>.*?) ?\[(?:(?P<package>[A-Za-z0-9_.]+), )?uid (?P<uid>-?\d{1,10})\]", re.DOTALL)
_PACKAGE: Final = re.compile(r"[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)+", re.ASCII)


class AppTag(NamedTuple):
    """What a capture says of the app behind a frame."""

    label: str
    """Its name for people, perhaps cut short; where the two others are `None`, a name of which nothing says what kind it is."""

    package: str | None = None
    """The package's name."""

    uid: int | None = None
    """Android's number for the app, and the user it runs for: 100,000 times the user, and 10,000 or more for an installed app."""

    def text(self) -> str:
        """As `Flow.app` has it; `read_tag` gives the tag back."""
        if self.uid is None:
            return self.package or self.label
        package = f"{self.package}, " if self.package and _PACKAGE.fullmatch(self.package) else ""
        return f"{self.label} [{package}uid {self.uid}]".strip()


def read_tag(text: str) -> AppTag:
    """The tag that `text` is of; any other text is a name of which nothing says what kind it is."""
    # The bracket that ends it is the tag's own: a label may end with one as well, so the label is all before the last.
    at = text.rfind("[")
    match = _FORM.fullmatch(text[at:]) if at >= 0 else None
    if match is None:
        return AppTag(label=text)
    return AppTag(label=text[:at].removesuffix(" "), package=match["package"], uid=int(match["uid"]))
