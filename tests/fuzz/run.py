"""Runs the fuzzer: `python -m tests.fuzz.run TARGET [SECONDS] [options of libFuzzer]`.

It starts from the seeds and the kept corpus, and writes what it finds below build/fuzz/TARGET: `corpus/`, and
`crashes/` with each file that broke something. `tests.fuzz.minimise` takes into the repository what is worth keeping.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

import atheris

INSTRUMENTED: Final = ("esign.verify", "esign.bundle", "ca", "asn1crypto")
HERE: Final = Path(__file__).parent
BUILD: Final = HERE.parents[1] / "build" / "fuzz"
LONGEST: Final = 1 << 16
_HALF: Final = 0.5


def main() -> None:
    """Fuzz one target until the time is over or something breaks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=("reader", "cms", "revocation", "container"))
    parser.add_argument("seconds", type=int, nargs="?", default=60)
    options, passed_on = parser.parse_known_args()
    # Nothing of ours, and nothing that reads files, may be loaded before this.
    with atheris.instrument_imports(include=list(INSTRUMENTED)):
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415
    from tests.fuzz.mutations import MUTATIONS  # noqa: PLC0415

    mutate = MUTATIONS[options.target]
    grown, crashes = BUILD / options.target / "corpus", BUILD / options.target / "crashes"
    kept, seeds = HERE / "corpus" / options.target, HERE / "seeds" / options.target
    for folder in (grown, crashes, kept):
        folder.mkdir(parents=True, exist_ok=True)
    arguments = [
        sys.argv[0],
        f"-artifact_prefix={crashes}/",
        f"-max_len={LONGEST}",
        "-timeout=20",
        "-rss_limit_mb=1500",
    ]
    arguments += [f"-max_total_time={options.seconds}", str(grown), str(kept), str(seeds)]
    atheris.Setup([*arguments, *passed_on], TARGETS[options.target], custom_mutator=_mutator(mutate))
    atheris.Fuzz()


def _mutator(mutate: Callable[[bytes, Random], bytes]) -> Callable[[bytes, int, int], bytes]:
    """Return what changes a file: every other time by its structure, else byte by byte as libFuzzer does."""

    def changed(data: bytes, at_most: int, seed: int) -> bytes:
        rng = Random(seed)  # noqa: S311  # the fuzzer's seed makes a run repeatable
        if rng.random() < _HALF:
            made = mutate(bytes(data), rng)
            if len(made) <= at_most:
                return made
        return bytes(atheris.Mutate(data, at_most))

    return changed


if __name__ == "__main__":
    main()
