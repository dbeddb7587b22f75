"""`replace` of the standard library, at a fraction of its time, for states that change with each event.

A claim has forty members. The other one asks each of them whether it may be given, and has each written past a frozen
class; a year of claims spends a twentieth of its time on that.
"""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, TypeVar

__all__ = ["replace"]

if TYPE_CHECKING:  # so that members and their types are checked as those of the other one are
    from dataclasses import replace
else:
    T = TypeVar("T")

    def replace(before: T, /, **changes: object) -> T:
        """Return a copy of a frozen dataclass, without slots and `__post_init__`, with these members changed.

        Raises `TypeError` for a member that it does not have.
        """
        names = _names(type(before))
        if not names.issuperset(changes):
            raise TypeError(f"{type(before).__name__} has no {', '.join(sorted(changes.keys() - names))}")
        after, told = object.__new__(type(before)), vars(before)
        # What others keep beside the members is of the state before.
        vars(after).update({name: told[name] for name in names})
        vars(after).update(changes)
        return after


@cache
def _names(kind: type) -> frozenset[str]:
    if hasattr(kind, "__post_init__") or hasattr(kind, "__slots__"):
        raise TypeError(f"{kind.__name__} is not to be copied member by member")
    return frozenset(one.name for one in fields(kind))
