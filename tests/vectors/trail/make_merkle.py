"""Makes merkle.json from the definitions alone: `python -m tests.vectors.trail.make_merkle`.

The eight entries are those that implementations of Certificate Transparency test with; the roots came out as the
ones they publish (tests/unit/trail/test_trail_merkle.py holds them). The same on every run.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.vectors.trail import naive_merkle

FOLDER = Path(__file__).parent
ENTRIES = (
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    bytes(range(0x40, 0x44)),
    bytes(range(0x50, 0x58)),
    bytes(range(0x60, 0x70)),
)


def vectors() -> dict[str, object]:
    """Return every root and every proof of the trees of 1 to 8 entries."""
    entries = list(ENTRIES)
    sizes = range(1, len(entries) + 1)
    return {
        "entries": [entry.hex() for entry in entries],
        "roots": [naive_merkle.mth(entries[:size]).hex() for size in range(len(entries) + 1)],
        "inclusion": [
            {"index": index, "size": size, "path": _hex(naive_merkle.path(index, entries[:size]))}
            for size in sizes
            for index in range(size)
        ],
        "consistency": [
            {"first": first, "second": second, "path": _hex(naive_merkle.proof(first, entries[:second]))}
            for second in sizes
            for first in range(1, second)
        ],
    }


def _hex(hashes: list[bytes]) -> list[str]:
    return [value.hex() for value in hashes]


if __name__ == "__main__":
    (FOLDER / "merkle.json").write_text(json.dumps(vectors(), indent=1) + "\n")
