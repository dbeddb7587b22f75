"""What comparing one older revision after another with the same newer one need not do twice.

Signatures are judged in their order, each one's revision against the present document. Most fields of two revisions in
a row are the same, and what became of them until now is the same too: it is looked at once, and again only where
something was followed on the way that lies elsewhere in the later of the two. So the work grows with what was written,
not with the signatures times the fields.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from esign.verify.changes.change import Change
from esign.verify.reading.fields import Field
from esign.verify.reading.objects import PdfDict, Ref
from esign.verify.reading.untouched import Untouched


@dataclass(frozen=True)
class FieldOutcome:
    """What became of one field, and on what this rests.

    `followed`: the numbers of the objects of the older revision that were asked for. `other_generation`: references
    among them that name another generation than the object has.
    """

    old: Field
    new: Field
    is_borrowed: bool
    followed: frozenset[int]
    other_generation: frozenset[Ref]
    changes: tuple[Change, ...]


@dataclass
class Series:
    """What the last comparison of the series found. The revisions come in the order in which they end."""

    untouched: Untouched | None = None
    outcomes: dict[Hashable, FieldOutcome] = field(default_factory=dict)
    signatures: dict[int, tuple[PdfDict, Hashable]] = field(default_factory=dict)
    """Signature dictionaries and what tells each from all others, by the dictionary's identity."""

    def outcomes_since(self) -> dict[Hashable, FieldOutcome]:
        """Return what holds of the last outcomes, now that `untouched` is of the next comparison; forget the others."""
        moved = self.untouched.moved_since_earlier if self.untouched else None
        if moved is None:
            return {}
        return {identity: known for identity, known in self.outcomes.items() if moved.isdisjoint(known.followed)}
