"""Verifying: a B-LTA file with three signatures against pyHanko, and how time grows with signatures and with size.

Processor time, not the clock's: the machine may have other work. Run alone: `python -m bench.verifying`.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import io
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from bench.memory_use import peak_of
from bench.ours import now
from bench.signed_files import large_signed_file, signed_many_times
from bench.stock import validate_all
from ca.authority import EmbeddedAuthority, create_authority, open_authority
from ca.trust import TrustAnchor, TrustStore
from esign.verify import verify
from tests import documents
from tests.fuzz.make_seeds import Signing
from tests.unit.verify.signed_material import signed_contract
from wsgi import find_typeface

PASSPHRASE: Final = b"bench-passphrase"
RESULT: Final = Path("build/bench-verifying.json")
COUNTS: Final = (1, 5, 10, 20, 50)
MEGABYTES: Final = (1, 10, 50, 200)
RAW_SIGNATURES: Final = 37
"""Signature values that are checked in the file of three: signatures, timestamps, certificates, revocation answers."""


@dataclass(frozen=True)
class Figure:
    """One line: processor milliseconds of ours (median), of the yardstick and of the floor; megabytes at the peak."""

    name: str
    ours_ms: float
    pyhanko_ms: float | None = None
    floor_ms: float | None = None
    pages_ms: float | None = None
    rss_mb: float | None = None
    anonymous_mb: float | None = None


def main() -> int:
    """Print the figures, and keep them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10, help="alternating runs for each median")
    measure(parser.parse_args().runs)
    return 0


def measure(runs: int) -> None:
    """Measure everything of verifying. Prints as it goes."""
    print("verifying: processor time, medians; ratios are what counts")
    figures = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        create_authority(folder / "ca", passphrase=PASSPHRASE, clock=now)
        authority = open_authority(folder / "ca", passphrase=PASSPHRASE, clock=now)
        for figure in (*_against_pyhanko(authority, runs), *_by_signatures(runs), *_by_size(folder, authority)):
            figures.append(figure)
            _print(figure)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps([asdict(figure) for figure in figures], indent=1) + "\n", "utf-8")
    print(f"written to {RESULT}")


def _against_pyhanko(authority: EmbeddedAuthority, runs: int) -> Iterator[Figure]:
    data = signed_contract(documents.contract(), find_typeface(), authority)
    trust = authority.trust_store()
    ours, theirs, one, floor, pages = _medians(
        runs,
        lambda: _judge(data, trust),
        lambda: validate_all(data, authority.roots),
        lambda: validate_all(data, authority.roots, at_most=1),
        _floor(data),
        lambda: _judge(data, trust, pictures=True),
    )
    yield Figure("three signatures, B-LTA", ours, theirs, floor, round(pages - ours, 2))
    yield Figure("the same, pyHanko judging one of them", ours, one, floor)


def _by_signatures(runs: int) -> Iterator[Figure]:
    signing = Signing()
    trust = TrustStore((TrustAnchor(signing.root.der),))
    for count in COUNTS:
        data = signed_many_times(signing, count)
        (ours,) = _medians(max(3, runs // 2), lambda data=data: _judge(data, trust))  # type: ignore[misc]
        yield Figure(f"{count} signatures, {len(data) // 1024} KiB", ours)


def _by_size(folder: Path, authority: EmbeddedAuthority) -> Iterator[Figure]:
    trust = authority.trust_store()
    small = None
    for megabytes in MEGABYTES:
        path = large_signed_file(folder, megabytes * 1_000_000, authority)
        with path.open("rb") as stream, mmap(stream.fileno(), 0, access=ACCESS_READ) as mapped:
            ours, floor = _medians(3, lambda mapped=mapped: _judge(mapped, trust), lambda mapped=mapped: _hash(mapped))  # type: ignore[misc]
        rss, anonymous = peak_of(path)
        small = small or (rss, anonymous)
        yield Figure(f"{megabytes} MB", ours, floor_ms=floor, rss_mb=round(rss, 1), anonymous_mb=round(anonymous, 1))
        path.unlink()


def _judge(document: bytes | mmap, trust: TrustStore, *, pictures: bool = False) -> None:
    stream = io.BytesIO(document) if isinstance(document, bytes) else document
    report = verify(stream, name="bench.pdf", trust=trust, at=now(), pictures=pictures)
    if report.conclusion not in {"TOTAL-PASSED"}:
        raise ValueError(f"our verifier does not accept the file: {report.as_json()}")


def _hash(mapped: mmap) -> None:
    for start in range(0, len(mapped), 1 << 20):
        hashlib.sha256(mapped[start : start + (1 << 20)]).digest()


def _floor(data: bytes) -> Callable[[], object]:
    """Hash the file once, and check as many raw signatures as the file has to have checked."""
    key = ec.generate_private_key(ec.SECP256R1())
    signature, public_key = key.sign(b"floor", ec.ECDSA(hashes.SHA256())), key.public_key()

    def run() -> None:
        hashlib.sha256(data).digest()
        for _ in range(RAW_SIGNATURES):
            public_key.verify(signature, b"floor", ec.ECDSA(hashes.SHA256()))

    return run


def _medians(runs: int, *contestants: Callable[[], object]) -> list[float]:
    """Return the median processor milliseconds of each, run in turn."""
    times: list[list[float]] = [[] for _ in contestants]
    for run in range(runs + 1):
        for contestant, measured in zip(contestants, times, strict=True):
            gc.collect()
            start = time.process_time()
            contestant()
            if run:  # the first round is for warming up
                measured.append((time.process_time() - start) * 1000)
    return [round(statistics.median(measured), 3) for measured in times]


def _print(figure: Figure) -> None:
    told = f"{figure.name:40}{figure.ours_ms:9.1f} ms"
    if figure.pyhanko_ms:
        told += f"  ours/pyHanko {figure.ours_ms / figure.pyhanko_ms:5.2f}"
    if figure.floor_ms:
        told += f"  ours/floor {figure.ours_ms / figure.floor_ms:6.2f}"
    if figure.pages_ms is not None:
        told += f"  comparing the pages' look: {figure.pages_ms:.1f} ms more"
    if figure.rss_mb is not None:
        told += f"  peak {figure.rss_mb:.0f} MB resident, {figure.anonymous_mb:.0f} MB of it anonymous"
    print(told, flush=True)


if __name__ == "__main__":
    sys.exit(main())
