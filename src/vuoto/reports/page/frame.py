"""One file that opens from disk and loads nothing: what every page has around its body."""

from __future__ import annotations

import base64
import hashlib

from vuoto.reports.page.element import Html, h, together, trusted


def framed(title: str, body: Html, *, style: str, script: str | None = None) -> bytes:
    """The page. Only this style and this script may act in it; the script's pictures may hold images of their own."""
    may = [f"style-src {_only(style)}"]
    if script is not None:
        may = [f"script-src {_only(script)}", *may, "img-src data:"]
    policy = "; ".join(("default-src 'none'", *may, "base-uri 'none'", "form-action 'none'"))
    head = h(
        "head",
        None,
        h("meta", {"charset": "utf-8"}),
        h("meta", {"http-equiv": "Content-Security-Policy", "content": policy}),
        h("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        h("meta", {"name": "color-scheme", "content": "light dark"}),
        h("meta", {"name": "referrer", "content": "no-referrer"}),
        h("title", None, title),
        trusted(f"<style>{style}</style>"),
    )
    page = together(trusted("<!DOCTYPE html>\n"), h("html", {"lang": "en"}, head, body), trusted("\n"))
    return page.encode("utf-8", "replace")


def _only(text: str) -> str:
    """A source expression of CSP 3 §2.3.1: only this text may run."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
