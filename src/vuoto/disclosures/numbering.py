"""Numbering plans of the ITU-T, as tables: which country codes and mobile country codes exist.

E.164 assigned country codes (ITU Operational Bulletin No. 1114, annex, 2016-12-15) and E.212 mobile country codes (Operational
Bulletin No. 1280 and its amendments). Codes, not names: the tables only tell a number that can exist from one that cannot.
"""

from __future__ import annotations

from typing import Final


def _numbers(text: str) -> frozenset[str]:
    found: set[str] = set()
    for item in text.split():
        first, _, last = item.partition("-")
        found.update(str(n).zfill(len(first)) for n in range(int(first), int(last or first) + 1))
    return frozenset(found)


COUNTRY_CODES: Final = _numbers(
    "1 7 20 27 30-34 36 39-41 43-49 51-58 60-66 81 82 84 86 90-95 98 211-213 216 218 220-258 260-269 290 291 297-299 350-359 "
    "370-383 385-387 389 420 421 423 500-509 590-599 670 672-683 685-692 800 808 850 852 853 855 856 870 878 880-883 886 888 "
    "960-968 970-977 979 992-996 998"
)
"""E.164 country codes, without the plus."""

MOBILE_COUNTRY_CODES: Final = _numbers(
    "001 202 204 206 208 212-214 216 218-222 225 226 228 230-232 234 235 238 240 242 244 246-248 250 255 257 259 260 262 266 268 "
    "270 272 274 276 278 280 282-284 286 288-290 292-295 297 302 308 310-316 330 332 334 338 340 342 344 346 348 350 352 354 356 "
    "358 360 362-366 368 370 372 374 376 400-402 404-406 410 412-422 424-432 434 436-438 440 441 450 452 454-457 460 461 466 467 "
    "470 472 502 505 510 514 515 520 525 528 530 536 537 539-555 602-655 657-659 702 704 706 708 710 712 714 716 722 724 730 732 "
    "734 736 738 740 742 744 746 748 750 901 902 999"
)
"""E.212 mobile country codes; 001 is for test networks, 901 for networks of no country, 999 for private ones."""


def country_code(digits: str) -> str | None:
    """The country code that `digits` begin with, or `None`. E.164 codes are a prefix code, so there is at most one."""
    return next((digits[:n] for n in (1, 2, 3) if digits[:n] in COUNTRY_CODES), None)
