"""The tree of institutions, as staff keep it: one root, everything else below it, closed ones too.

A member of staff works in one of them, and reaches what is below it. How many levels there are, and what each is
called, is a matter of whoever asks.
"""

from __future__ import annotations

from esign.staff.domain.institutions import Institution, Tree
from esign.staff.projection import read_tree

__all__ = ["Institution", "Tree", "read_tree"]
