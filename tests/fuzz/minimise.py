"""Keeps the fewest and smallest files that go every way that all of them go: `python -m tests.fuzz.minimise [TARGET]`.

It reads what fuzzing grew below build/fuzz and what is kept in tests/fuzz/corpus, and writes the latter anew.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType
from typing import Any, Final

from tests.fuzz.judged import seeds
from tests.fuzz.targets import TARGETS

HERE: Final = Path(__file__).parent
BUILD: Final = HERE.parents[1] / "build" / "fuzz"
LARGEST: Final = 16_000
_FOLLOWED: Final = ("/esign/verify/", "/esign/bundle/", "/ca/")

Step = tuple[str, int, int]
"""A way from one line to another in a file of ours."""


def steps_of(target: Callable[[bytes], None], data: bytes) -> set[Step]:
    """Return the ways that the target's code goes for the data."""
    found: set[Step] = set()
    last: dict[int, int] = {}

    def follow(frame: FrameType, event: str, _: Any) -> Any:
        name = frame.f_code.co_filename
        if not any(part in name for part in _FOLLOWED):
            return None
        if event == "line":
            found.add((name, last.get(id(frame), 0), frame.f_lineno))
            last[id(frame)] = frame.f_lineno
        elif event == "return":
            last.pop(id(frame), None)
        return follow

    sys.settrace(follow)
    try:
        target(data)
    finally:
        sys.settrace(None)
    return found


def smallest(target: Callable[[bytes], None], known: Iterable[bytes], files: Iterable[bytes]) -> list[bytes]:
    """Return those of the files, small ones first, that go a way which neither `known` nor a smaller one goes."""
    gone: set[Step] = set()
    for data in known:
        gone |= steps_of(target, data)
    kept = []
    for data in sorted(set(files), key=lambda one: (len(one), one)):
        new = steps_of(target, data) - gone
        if new:
            gone |= new
            kept.append(data)
    return kept


def main() -> None:
    """Minimise the corpus of one target, or of all."""
    for name in sys.argv[1:] or TARGETS:
        folder = HERE / "corpus" / name
        folder.mkdir(parents=True, exist_ok=True)
        found = [path for place in (BUILD / name / "corpus", folder) if place.is_dir() for path in place.iterdir()]
        files = [path.read_bytes() for path in found if path.stat().st_size <= LARGEST]
        kept = smallest(TARGETS[name], seeds(name).values(), files)
        for path in folder.iterdir():
            path.unlink()
        for data in kept:
            (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
        print(f"{name}: {len(kept)} of {len(files)} files kept, {sum(map(len, kept))} bytes")


if __name__ == "__main__":
    main()
