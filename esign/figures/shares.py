"""A part of a whole, as figures tell it: in tenths of a percent, by whole numbers alone."""

from __future__ import annotations


def per_mille(part: int, whole: int) -> int | None:
    """Return the share in tenths of a percent, rounded half up; None of nothing.

    A share is 1000 only if it is all, and 0 only if it is none: what is not whole is never rounded to it. Raises
    `ValueError` for a part that is none of the whole.
    """
    if not 0 <= part <= whole:
        raise ValueError("a part is not below nothing, and not above its whole")
    if whole == 0:
        return None
    rounded = (2000 * part + whole) // (2 * whole)
    return rounded if part in {0, whole} else min(999, max(1, rounded))


def percent(share: int | None) -> str:
    """Return a share in tenths of a percent as people read it, such as `84.2%`; a dash where there is none."""
    return "–" if share is None else f"{share // 10}.{share % 10}%"
