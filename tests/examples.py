"""How many random examples the dearest property tests try: enough for every day, and many for `make test-all`."""

from __future__ import annotations

import os
from typing import Final

MANY_EXAMPLES: Final = os.environ.get("ESIGN_TEST_PROFILE") == "fresh-examples"
"""Whether this run draws new examples, and has the time to draw many."""


def some_of(many: int) -> int:
    """Return how many random examples this run tries of so many: all where it has the time, else a third."""
    return many if MANY_EXAMPLES else -(-many // 3)
