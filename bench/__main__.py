"""`make bench`: ours against stock and tuned pyHanko and the cryptographic floor, medians of alternating runs."""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from bench import exporting, verifying
from bench.contract import sign_file
from bench.documents import document_of
from bench.ours import SIGN, Material, gather, key_file, now, verify
from bench.stock import Contestant
from bench.stock import verify as pyhanko_verify
from ca.authority import KeyAlgorithm, create_authority, open_authority
from esign.pades.level import Level
from wsgi import find_typeface

PASSPHRASE = b"bench-passphrase"
FILES = {"93KB": 93_000, "5MB": 5_000_000}
KEYS = {"p256": KeyAlgorithm.P256, "rsa2048": KeyAlgorithm.RSA2048}
SIGNATURES = {"sign-b-b": 1, "sign-b-t": 2, "sign-b-lt": 4, "sign-b-lta": 5}
"""Raw signatures in each operation: the signer, the timestamp, two OCSP answers, the document timestamp."""
RESULT = Path("build/bench.json")


@dataclass(frozen=True)
class Row:
    """One line of the result: milliseconds (medians), megabytes over the baseline; None where not measured."""

    operation: str
    file: str
    key: str
    ours_ms: float
    pyhanko_stock_ms: float | None
    pyhanko_tuned_ms: float | None
    floor_ms: float | None
    peak_mb: float | None = None


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=30, help="alternating runs for each median")
    runs = parser.parse_args().runs
    rows: list[Row] = []
    print(f"medians of {runs} alternating runs on this machine, milliseconds; ratios are what counts")
    print(
        f"{'operation':13}{'file':6}{'key':9}{'ours':>8}{'stock':>8}{'tuned':>8}{'floor':>8}{'o/stock':>9}{'o/tuned':>9}{'o/floor':>9}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for key, algorithm in KEYS.items():
            for name, size in FILES.items():
                for row in _measure_file(Path(folder) / f"{key}-{name}", name, size, key, algorithm, runs):
                    rows.append(row)
                    _print(row)
        memory = _measure_memory()
        rows.append(memory)
        print(f"memory-200mb: peak {memory.peak_mb:.0f} MB over the baseline, {memory.ours_ms / 1000:.1f} s")
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps({"rows": [asdict(row) for row in rows]}, indent=1) + "\n", "utf-8")
    print(f"written to {RESULT}")
    verifying.measure(max(3, runs // 3))
    exporting.measure()
    return 0


def _measure_file(folder: Path, name: str, size: int, key: str, algorithm: KeyAlgorithm, runs: int) -> Iterable[Row]:
    folder.mkdir()
    authority_folder = folder / "ca"
    create_authority(authority_folder, passphrase=PASSPHRASE, clock=now, key_algorithm=algorithm)
    authority = open_authority(authority_folder, passphrase=PASSPHRASE, clock=now)
    document = document_of(size, folder)
    material = gather(document, authority, find_typeface())
    certificates = [str(authority_folder / "certificates" / f"{role}.pem") for role in ("seal", "issuing", "root")]
    stock, tuned = (
        Contestant(material, str(key_file(authority_folder)), certificates, PASSPHRASE, tuned=is_tuned)
        for is_tuned in (False, True)
    )
    for operation, sign in SIGN.items():
        yield _row(
            operation,
            name,
            key,
            runs,
            ours=lambda sign=sign: sign(material),  # type: ignore[misc]
            stock=lambda operation=operation: stock.sign(operation),  # type: ignore[misc]
            tuned=lambda operation=operation: tuned.sign(operation),  # type: ignore[misc]
            floor=_signing_floor(material, algorithm, SIGNATURES[operation], twice=operation == "sign-b-lta"),
        )
    (folder / "document.pdf").write_bytes(document)
    for operation, level in (("verify-b-b", Level.B_B), ("verify-b-lta", Level.B_LTA)):
        sign_file(folder / "document.pdf", folder / f"{operation}.pdf", authority, level, seal=False)
        signed = (folder / f"{operation}.pdf").read_bytes()
        yield _row(
            operation,
            name,
            key,
            runs,
            ours=lambda signed=signed: verify(signed, material),  # type: ignore[misc]
            stock=lambda signed=signed, operation=operation: pyhanko_verify(signed, operation, material),  # type: ignore[misc]
            tuned=None,
            floor=_verifying_floor(
                signed, algorithm, SIGNATURES["sign-b-b" if operation == "verify-b-b" else "sign-b-lta"]
            ),
        )


def _row(
    operation: str,
    file: str,
    key: str,
    runs: int,
    *,
    ours: Callable[[], object],
    stock: Callable[[], object],
    tuned: Callable[[], object] | None,
    floor: Callable[[], object],
) -> Row:
    contestants = [contestant for contestant in (ours, stock, tuned, floor) if contestant is not None]
    for contestant in contestants:
        contestant()
    times: dict[int, list[float]] = {n: [] for n in range(len(contestants))}
    for _ in range(runs):
        for n, contestant in enumerate(contestants):
            gc.collect()
            start = time.perf_counter()
            contestant()
            times[n].append((time.perf_counter() - start) * 1000)
    medians = [round(statistics.median(values), 3) for values in times.values()]
    tuned_ms = medians[2] if tuned is not None else None
    return Row(operation, file, key, medians[0], medians[1], tuned_ms, medians[-1])


def _signing_floor(
    material: Material, algorithm: KeyAlgorithm, signatures: int, *, twice: bool
) -> Callable[[], object]:
    """Hash the document once for each signature over it, and make the raw signatures."""
    key = _fresh_key(algorithm)

    def run() -> None:
        for _ in range(2 if twice else 1):
            hashlib.sha256(material.prepared).digest()
        for _ in range(signatures):
            _raw_sign(key)

    return run


def _verifying_floor(signed: bytes, algorithm: KeyAlgorithm, signatures: int) -> Callable[[], object]:
    """Hash the document and check as many raw signatures as the file carries."""
    key = _fresh_key(algorithm)
    signature, public_key = _raw_sign(key), key.public_key()

    def run() -> None:
        hashlib.sha256(signed).digest()
        for _ in range(signatures):
            if isinstance(public_key, rsa.RSAPublicKey):
                public_key.verify(signature, b"floor", padding.PKCS1v15(), hashes.SHA256())
            else:
                public_key.verify(signature, b"floor", ec.ECDSA(hashes.SHA256()))

    return run


def _fresh_key(algorithm: KeyAlgorithm) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    if algorithm is KeyAlgorithm.P256:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, 2048)


def _raw_sign(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(b"floor", padding.PKCS1v15(), hashes.SHA256())
    return key.sign(b"floor", ec.ECDSA(hashes.SHA256()))


def _measure_memory() -> Row:
    """Sign a 200 MB file in a process of its own and compare its peak with the same work on a small file."""

    def run(size: int) -> dict[str, float]:
        done = subprocess.run(
            [sys.executable, "-m", "bench.memory", str(size)], capture_output=True, text=True, check=True
        )
        return dict(json.loads(done.stdout))

    small, large = run(1 << 20), run(200_000_000)
    return Row("memory-200mb", "200MB", "p256", large["ms"], None, None, None, round(large["mb"] - small["mb"], 1))


def _print(row: Row) -> None:
    def ratio(other: float | None) -> str:
        return f"{row.ours_ms / other:9.2f}" if other else f"{'-':>9}"

    def figure(value: float | None) -> str:
        return f"{value:8.2f}" if value is not None else f"{'-':>8}"

    print(
        f"{row.operation:13}{row.file:6}{row.key:9}{row.ours_ms:8.2f}{figure(row.pyhanko_stock_ms)}"
        f"{figure(row.pyhanko_tuned_ms)}{figure(row.floor_ms)}{ratio(row.pyhanko_stock_ms)}"
        f"{ratio(row.pyhanko_tuned_ms)}{ratio(row.floor_ms)}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
