"""The notice that people read (GDPR art. 13 and 14), as one HTML page that loads nothing.

One section per language in which the declaration has a title, the words from `wording.json`. Every text of the declaration is
escaped; the policy allows the page's own style and nothing else.
"""

from __future__ import annotations

from base64 import b64encode
from html import escape

from vuoto.declarations.form import Export
from vuoto.declarations.wording import FALLBACK, Wording, wording
from vuoto.facts.countries import country_name
from vuoto.facts.declarations import Declaration, DeclaredRecipient, Processing, TransferTool

# Contrast of text on ground: 15:1 and more in both schemes (WCAG 2.2, 1.4.3 asks for 4.5:1).
_STYLE = """
:root{color-scheme:light dark;--ink:#1b1b1f;--ground:#fff;--line:#c9c9d1;--soft:#f3f3f7;--link:#0b4fa8}
@media (prefers-color-scheme:dark){:root{--ink:#ececf1;--ground:#141417;--line:#4a4a55;--soft:#212127;--link:#9cc4ff}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:46rem;font:1.0625rem/1.6 system-ui,sans-serif;color:var(--ink);background:var(--ground)}
h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.25rem;margin-top:2rem}h3{font-size:1.0625rem;margin-bottom:.25rem}
a{color:var(--link)}
article{background:var(--soft);border:1px solid var(--line);border-radius:.5rem;padding:.5rem 1rem;margin:1rem 0}
dl{margin:.5rem 0}dt{font-weight:600;margin-top:.5rem}dd{margin:0;overflow-wrap:anywhere}
nav ul{display:flex;flex-wrap:wrap;gap:1rem;list-style:none;padding:0}
section+section{border-top:2px solid var(--line);margin-top:3rem}
@media print{body{max-width:none}article{break-inside:avoid}nav{display:none}}
"""


def _render(declaration: Declaration) -> bytes:
    from hashlib import sha256  # loads OpenSSL, only for whoever exports

    languages = sorted({language for p in declaration.processing for language, _ in p.title}) or [FALLBACK]
    digest = b64encode(sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    first = wording(languages[0])
    nav = ""
    if len(languages) > 1:
        links = "".join(f'<li><a href="#{escape(x)}" hreflang="{escape(x)}">{escape(x)}</a></li>' for x in languages)
        nav = f'<nav aria-label="{escape(first["language"])}"><ul>{links}</ul></nav>'
    sections = "\n".join(_section(declaration, language) for language in languages)
    return (
        f'<!doctype html>\n<html lang="{escape(first.language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(first['title'])}: {escape(declaration.controller.name)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n{nav}\n<main>\n{sections}\n</main>\n</body>\n</html>\n"
    ).encode()


def _section(declaration: Declaration, language: str) -> str:
    words = wording(language)
    controller = declaration.controller
    recipients = {r.key: r for r in declaration.recipients}
    purposes = "\n".join(_purpose(p, recipients, language, words) for p in declaration.processing)
    parties = "\n".join(_party(r, words) for r in declaration.recipients)
    who = [
        (words["by"], f"{controller.name}, {country_name(controller.country)}"),
        (words["contact"], controller.contact),
        (words["version"], declaration.version),
    ]
    lead = f" {words['lead']} {country_name(controller.authority)}." if controller.authority else ""
    # Art. 13(1)(a) to (c), (e), (f) and 13(2)(a) to (d), in this order.
    return (
        f'<section id="{escape(language)}" lang="{escape(words.language)}">\n<h1>{escape(words["title"])}</h1>\n{_list(who)}\n'
        f"<h2>{escape(words['purposes'])}</h2>\n{purposes}\n<h2>{escape(words['transfers'])}</h2>\n{parties}\n"
        f"<h2>{escape(words['rights'])}</h2>\n<p>{escape(words['rights_text'])}</p>\n"
        f"<p>{escape(words['complain'])}{escape(lead)}</p>\n</section>"
    )


def _purpose(processing: Processing, recipients: dict[str, DeclaredRecipient], language: str, words: Wording) -> str:
    titles = dict(processing.title)
    title = titles.get(language) or titles.get(FALLBACK) or next(iter(titles.values()), processing.key)
    kept = f"{words.duration(processing.retention)}, {words['from_last']}" if processing.retention else words["not_said"]
    rows = [
        (words["why"], processing.purpose),
        (words["data"], ", ".join(words.kind(k) for k in processing.data)),
        (words["basis"], words[f"basis_{processing.legal_basis}"]),
        (words["recipients"], ", ".join(recipients[key].name for key in processing.recipients)),
        (words["kept"], kept),
    ]
    off = f"<p>{escape(words['off'])}</p>\n" if processing.opt_out else ""
    return f"<article>\n<h3>{escape(title)}</h3>\n{_list(rows)}\n{off}</article>"


def _party(recipient: DeclaredRecipient, words: Wording) -> str:
    rows = [
        (words["role"], words[f"role_{recipient.role}"]),
        (words["country"], country_name(recipient.country) if recipient.country else words["not_said"]),
    ]
    if recipient.transfer:
        rows.append((words["safeguard"], _tool(recipient.transfer, words)))
    return f"<article>\n<h3>{escape(recipient.name)}</h3>\n{_list(rows)}\n</article>"


def _tool(tool: TransferTool, words: Wording) -> str:
    parts = [words[f"tool_{tool.tool}"]]
    parts += [tool.reference] if tool.reference else []
    parts += [f"{words['since']} {tool.since}"] if tool.since else []
    parts += [f"{words['until']} {tool.until}"] if tool.until else []
    return ", ".join(parts)


def _list(rows: list[tuple[str, str]]) -> str:
    return "<dl>\n" + "\n".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in rows) + "\n</dl>"


EXPORT = Export(
    name="notice",
    title="Notice of art. 13 and 14, as an HTML page",
    suffix=".html",
    media_type="text/html; charset=utf-8",
    render=_render,
)
