"""Pictures for people: pages before and after, and what a signature shows, each small enough to be looked at."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final, Protocol

from PIL import Image

from esign.verify.reports.language import Labels, Language
from esign.verify.reports.places import numbered_pages
from esign.verify.reports.view import ChangedPage, Picture

PNG: Final = "image/png"
SIDE_AT_MOST: Final = 1_600
PIXELS_AT_MOST: Final = 100_000_000


class SeenDifference(Protocol):
    """A page that looks different than it did when it was signed: three PNGs (see `esign.verify.pictures`)."""

    @property
    def field(self) -> str: ...
    @property
    def page(self) -> int: ...
    @property
    def before(self) -> bytes: ...
    @property
    def after(self) -> bytes: ...
    @property
    def difference(self) -> bytes: ...


def changed_pages(differences: Sequence[SeenDifference], language: Language) -> tuple[ChangedPage, ...]:
    """Return each page once, by its number, as it was first signed and as it is now."""
    labels = Labels(language)
    found: dict[int, ChangedPage] = {}
    for difference in differences:
        if difference.page in found:
            continue
        title = numbered_pages([difference.page], labels)
        found[difference.page] = ChangedPage(
            difference.page,
            title,
            _picture(
                f"page-{difference.page}-before", difference.before, f"{title} · {labels.say('As it was signed')}"
            ),
            _picture(f"page-{difference.page}-after", difference.after, f"{title} · {labels.say('As it is now')}"),
            _picture(
                f"page-{difference.page}-marked",
                difference.difference,
                labels.say("{page}, as it is now, with what differs marked", page=title),
            ),
        )
    return tuple(found[number] for number in sorted(found))


def _picture(name: str, png: bytes, words: str) -> Picture:
    with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
        width, height = image.size
    return Picture(name, PNG, png, width, height, words)
