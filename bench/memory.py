"""Signs a file of the given size to B-LTA as `esign sign` does, and prints the peak memory of this process."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from bench.contract import sign_file
from bench.documents import write_large_document
from bench.ours import now
from bench.processes import own_peak_megabytes
from ca.authority import create_authority, open_authority
from esign.pades.level import Level


def main() -> None:
    size = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "large.pdf"
        with source.open("wb") as stream:
            write_large_document(stream, size)
        create_authority(folder / "ca", passphrase=b"bench-passphrase", clock=now)
        authority = open_authority(folder / "ca", passphrase=b"bench-passphrase", clock=now)
        start = time.perf_counter()
        sign_file(source, folder / "signed.pdf", authority, Level.B_LTA, seal=True)
        milliseconds = (time.perf_counter() - start) * 1000
    peak = own_peak_megabytes()
    print(json.dumps({"ms": round(milliseconds, 1), "mb": round(peak, 1)}))


if __name__ == "__main__":
    main()
