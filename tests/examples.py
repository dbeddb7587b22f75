"""How many random examples the dearest property tests try: enough for every day, and many for `make test-all`."""

from __future__ import annotations

import os
from typing import Final

MANY_EXAMPLES: Final = os.environ.get("ESIGN_TEST_PROFILE") == "fresh-examples"
"""Whether this run draws new examples, and has the time to draw many."""
