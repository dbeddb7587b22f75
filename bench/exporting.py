"""Exporting evidence bundles: how many a second, and whether memory grows with their number.

One service in a folder has so many completed envelopes of one page; processes of their own then export a tenth of
them, and all, as `esign bundle export` does, into nowhere. Documents are read in that same process, which a service
keeps apart.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from bench.processes import own_peak_megabytes
from ca.authority import open_authority
from esign.bundle.facts import Exported
from esign.exports.streamed_set import Chosen, chosen_envelopes, write_set
from esign.infra.checkpoint_key import CheckpointKey
from esign.infra.database import open_database
from esign.infra.schema import upgrade
from esign.service import assemble
from esign.trail.checkpoint import Origin
from esign.trail.publishing import CheckpointPublisher
from esign.trail.sequencer import Sequencer
from tests.authority import PASSPHRASE, create_test_authority
from tests.documents import plain_contract
from tests.service import YU, Desk, ports_for, short_request, system_now
from wsgi import find_typeface

RESULT: Final = Path("build/bench-export.json")
ORIGIN: Final = Origin("bench.example/trail")
ENVELOPES: Final = 1000


@dataclass(frozen=True)
class Figure:
    """One export: how many bundles, bytes, seconds of processor time, and the process's peak in megabytes."""

    bundles: int
    bytes: int
    cpu_seconds: float
    peak_mb: float


def measure(envelopes: int = ENVELOPES) -> None:
    """Make the envelopes, export a tenth and all of them. Prints as it goes."""
    print(f"exporting: {envelopes} completed envelopes of one page are made first")
    with tempfile.TemporaryDirectory() as name:
        _make(Path(name), envelopes)
        few, all_ = (_exported(Path(name), count) for count in (envelopes // 10, envelopes))
    for one in (few, all_):
        rate, size = one.bundles / one.cpu_seconds, one.bytes / one.bundles / 1000
        print(f"  {one.bundles} bundles of {size:.0f} KB: {rate:.1f} a second of processor time", end="")
        print(f", peak {one.peak_mb:.1f} MB")
    print(f"  memory of {all_.bundles} over that of {few.bundles}: {all_.peak_mb / few.peak_mb:.3f}")
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps([asdict(few), asdict(all_)], indent=1) + "\n", "utf-8")
    print(f"written to {RESULT}")


def _desk(folder: Path) -> Desk:
    database = open_database(f"sqlite:///{folder}/bench.db")
    if not (folder / "ca").exists():
        upgrade(database)
        create_test_authority(folder / "ca")
    authority = open_authority(folder / "ca", passphrase=PASSPHRASE, clock=system_now)
    return Desk(assemble(ports_for(database, folder, authority, find_typeface())))


def _make(folder: Path, envelopes: int) -> None:
    desk, document = _desk(folder), plain_contract()
    ports = desk.service.ports
    for _ in range(envelopes):
        envelope = desk.create(short_request(document, YU))
        desk.play(envelope, 0, YU)
        desk.work()
    with ports.database.transaction() as session:
        while Sequencer().run_once(session):
            pass
    authority = ports.trust_services.timestamp_authority
    CheckpointPublisher(ORIGIN, CheckpointKey(ports.keys), authority).publish(ports.database)
    ports.database.close()


def _exported(folder: Path, count: int) -> Figure:
    command = [sys.executable, "-m", "bench.exporting", str(folder), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Figure(**json.loads(done.stdout))


def main() -> None:
    """Export the first COUNT envelopes of the service in FOLDER, and print what that took."""
    desk, count = _desk(Path(sys.argv[1])), int(sys.argv[2])
    maker, written = desk.service.bundles, 0

    def count_bytes(chunk: bytes) -> None:
        nonlocal written
        written += len(chunk)

    all_ = chosen_envelopes(desk.service.ports.database, Chosen(since=system_now() - timedelta(days=1)))
    wanted = (envelope for envelope, _number in zip(all_, range(count), strict=False))
    began = time.process_time()
    rows = write_set(
        maker,
        wanted,
        lambda: Exported("exp_bench", system_now(), "operator:bench", "bench"),
        count_bytes,
        lambda _row: None,
    )
    seconds = time.process_time() - began
    if len(rows) != count or any(row.problem is not None for row in rows):
        raise ValueError("not every envelope was exported")
    peak = own_peak_megabytes()
    print(json.dumps(asdict(Figure(count, written, round(seconds, 2), round(peak, 1)))))


if __name__ == "__main__":
    main()
