"""How a run is handed out to its processes: what shares a service goes to one of them, and what takes longest begins.

Files that share a whole service would each open it anew in every process that gets one of them, so they are one piece
of work. Any other file is a piece by itself.
"""

from __future__ import annotations

from typing import Final

from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

ONE_SERVICE: Final = frozenset(
    f"tests/browser/test_browser_{name}.py" for name in ("ceremony", "envelopes", "exports", "live", "matrix", "verify")
)
"""Files of browsers that take the one service of their folder (`tests/browser/conftest.py`)."""
_HOUSES: Final = ("tests/unit/policy/",)
"""Folders whose files share services in their own process, and were made to run in one."""
_FIRST: Final = ("tests/faults/", "tests/browser/", "tests/integration/", "tests/unit/policy/", "tests/unit/web/")
"""Folders that take longest, in this order; while processes that were killed are waited for, others go on. The rest
are small pieces, of which no process waits long for another's last."""


class ByWhatIsShared(LoadFileScheduling):  # type: ignore[misc]  # what comes untyped is `Any`
    """Hands out pieces of work in the order in which their first tests were collected."""

    def _split_scope(self, nodeid: str) -> str:
        """Return the name of the piece that the test belongs to."""
        return piece_of(nodeid)


def piece_of(nodeid: str) -> str:
    """Return the name of the piece of work that holds the test: what shares a service is one, else each file is."""
    file = nodeid.partition("::")[0]
    if file in ONE_SERVICE:
        return "tests/browser/ on one service"
    return next((folder for folder in _HOUSES if file.startswith(folder)), file)


def begins(nodeid: str) -> int:
    """Return the place in `_FIRST` at which the test begins; what stands nowhere begins after all that does."""
    return next((place for place, folder in enumerate(_FIRST) if nodeid.startswith(folder)), len(_FIRST))
