"""Where in a document something is, as people say it: `page 7/Contents` is page 7."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from esign.verify.reports.language import Labels

_PAGE: Final = re.compile(r"page (\d{1,6})(?:/|$)")
_NAMED_AT_MOST: Final = 6


def page_of(place: str) -> int | None:
    """Return the page (from 1) of a place of a change, or None where it is on none."""
    found = _PAGE.match(place)
    return int(found.group(1)) if found else None


def pages_in_words(places: Iterable[str], labels: Labels) -> str:
    """Return the pages of the places in words, or `a page` where none of them names one."""
    return numbered_pages(sorted({page for place in places if (page := page_of(place))}), labels)


def numbered_pages(numbers: list[int], labels: Labels) -> str:
    """Return `page 7` or `pages 7, 8, 9`; of very many the first."""
    if not numbers:
        return labels.say("a page")
    told = ", ".join(map(str, numbers[:_NAMED_AT_MOST]))
    if len(numbers) == 1:
        return labels.say("page {number}", number=told)
    if len(numbers) <= _NAMED_AT_MOST:
        return labels.say("pages {numbers}", numbers=told)
    return labels.say("pages {numbers} and {more} more", numbers=told, more=len(numbers) - _NAMED_AT_MOST)
