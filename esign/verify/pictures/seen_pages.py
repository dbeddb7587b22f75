"""What the comparison of pages says of one signature, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from esign.verify.assessment import Assessment
from esign.verify.report import ChangesAfter, Finding, Severity

_RANGES_TOLD: Final = 12


@dataclass
class SeenPages:
    """What was seen, by pages (from 0).

    `different` look different without a permitted change; `drawn_anew` because programs draw fields anew from their
    values (see the module of that name); `covered` because what was put there hides words; `flat` by something without
    an area alone. `not_shown` cannot be drawn, and `coarse` not sharply. On `uncertain` ones a signature or a value was
    put, and whether it hides words was not seen. `number` is how many pages there are, `compared` how many were drawn.
    `obstacle` and `limit` say why the comparison could not begin, or ended early. `is_repaired`: PDFium had to search
    for the objects of one of both documents.
    """

    assessment: Assessment
    different: list[int] = field(default_factory=list)
    drawn_anew: list[int] = field(default_factory=list)
    flat: list[int] = field(default_factory=list)
    covered: list[int] = field(default_factory=list)
    not_shown: list[int] = field(default_factory=list)
    coarse: list[int] = field(default_factory=list)
    uncertain: set[int] = field(default_factory=set)
    compared: int = 0
    number: int = 0
    is_repaired: bool = False
    obstacle: str | None = None
    limit: str | None = None

    @property
    def name(self) -> str:
        return self.assessment.signature.name


def seen_findings(pages: SeenPages) -> Iterator[Finding]:
    """Yield the findings of one signature.

    A difference is an error; it is a warning where the changes after the signature could not be worked out, for then
    nothing can be told to explain it. What could not be compared leaves the conclusion open. What lies beyond the
    limit does not, unless something was put there that may hide words: the comparison of structures covers the
    rest, and the finding says that it alone does.
    """
    name = pages.name
    if pages.different:
        is_unknown = pages.assessment.changes_after is ChangesAfter.UNKNOWN
        one = len(pages.different) == 1
        yield Finding(
            "page-looks-different",
            Severity.WARNING if is_unknown else Severity.ERROR,
            f"{_named(pages.different)} {'looks' if one else 'look'} different than when this signature was made, "
            "and no change that the signature permits explains it.",
            name,
        )
    if pages.drawn_anew:
        yield Finding(
            "fields-drawn-anew",
            Severity.WARNING,
            f"{_named(pages.drawn_anew)}: the document now tells viewers to draw form fields from their values, which "
            "may show something else than was seen when this signature was made.",
            name,
        )
    if pages.covered:
        yield Finding(
            "words-covered",
            Severity.WARNING,
            f"{_named(pages.covered)}: what was signed or filled in later hides words that could be read when this "
            "signature was made.",
            name,
        )
    if pages.flat:
        yield Finding(
            "flat-field-shown",
            Severity.WARNING,
            f"{_named(pages.flat)}: what was added has a place without any area. Some programs show nothing of it, and "
            "others draw it over the page.",
            name,
        )
    uncertain = sorted(pages.uncertain - set(pages.covered))
    if pages.obstacle or pages.not_shown or uncertain:
        reason = pages.obstacle
        if not reason and pages.not_shown:
            reason = f"{_named(pages.not_shown).lower()} cannot be drawn"
        if not reason:
            reason = f"what was put on {_named(uncertain).lower()} may hide words, and too little was drawn to see it"
        yield Finding(
            "pages-not-compared",
            Severity.WARNING,
            f"Whether the pages look as they did when this signature was made could not be seen: {reason}.",
            name,
        )
    elif pages.is_repaired:
        yield Finding(
            "shown-after-repair",
            Severity.WARNING,
            "The pages can be shown only after the file was repaired, which programs do in different ways: others may "
            "show other pages.",
            name,
        )
    if pages.limit:
        yield Finding(
            "pages-beyond-limit",
            Severity.INFO,
            f"Only {pages.compared} of {pages.number} pages were compared by their look ({pages.limit}). For the "
            "others, only what was written into the file after signing was compared.",
            name,
        )
    if pages.coarse:
        yield Finding(
            "pages-compared-coarsely",
            Severity.INFO,
            f"{_named(pages.coarse)}: so large that the look was compared coarsely; small differences are not seen.",
            name,
        )


def _named(pages: Sequence[int]) -> str:
    """`Page 3`, `Pages 1, 4-6 and 9`: numbers from 1, runs drawn together, many cut off."""
    runs: list[list[int]] = []
    for page in sorted(pages):
        if runs and runs[-1][1] == page - 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    told = [f"{first + 1}" if first == last else f"{first + 1}-{last + 1}" for first, last in runs[:_RANGES_TOLD]]
    if len(runs) > _RANGES_TOLD:
        told.append("others")
    words = ", ".join(told[:-1]) + " and " + told[-1] if len(told) > 1 else told[0]
    return f"{'Page' if len(pages) == 1 else 'Pages'} {words}"
