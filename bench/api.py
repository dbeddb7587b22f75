"""`make bench-api`: whole envelopes through the running service, with many signers at once, on both databases.

The service, the database and the load share the cores of this machine. What each of them used is told, and beside
every figure its ratio to a floor of the same run: for envelopes the same signing work without a service, on every
core at once; for endpoints the lightest answer there is (`GET /healthz`), asked by one caller at a time. Afterwards,
at rest, people go through the pages one after another: what each step takes the server.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from bench.ours import now
from bench.pages import too_slow, walk_pages
from bench.processes import Memory, MemoryWatch, cpu_seconds, with_children
from bench.stacks import PROFILE_FOLDER, profiled, tell_profiles
from ca.trust import load_trust_store
from demo.contract.data import sample_contract
from demo.contract.places import PLACES
from demo.contract.render import render_contract
from demo.player import Api
from esign.verify import verify
from tests.databases import _administer, _fresh, _server
from tests.documents import contract
from tests.faults.running_service import RunningService, Victim, free_port, running

RESULT: Final = Path("build/bench-api.json")
DATABASES: Final = ("sqlite", "postgresql")
CLIENTS: Final = 4
FLOOR_SECONDS: Final = 6.0
_ROLES: Final = {"web": (Victim.WEB_MASTER, Victim.WEB), "worker": (Victim.WORKER,), "quarantine": (Victim.ZYGOTE,)}


@dataclass(frozen=True)
class Figures:
    """What one database gave. `cpu_ms` is processor time for each envelope, by whoever used it."""

    database: str
    signers: int
    envelopes: int
    envelopes_per_second: float
    floor_per_second: float
    life_p50_s: float
    life_p99_s: float
    cpu_ms: Mapping[str, float]
    floor_cpu_ms: float
    memory: Sequence[Memory]
    http_floor_ms: float
    endpoints: Mapping[str, Mapping[str, float]]
    steps: Mapping[str, Mapping[str, float]]
    verdict: str
    errors: Sequence[str]


def main() -> int:
    asked = _arguments()
    found = []
    with tempfile.TemporaryDirectory() as folder:
        document, places = _document(asked.contract)
        (Path(folder) / "contract.pdf").write_bytes(document)
        order = {
            "contract": str(Path(folder) / "contract.pdf"),
            "places": places,
            "signers": asked.signers,
            "seconds": asked.seconds,
            "envelopes": asked.envelopes,
        }
        for name in DATABASES if asked.database == "both" else (asked.database,):
            figures = _measure(Path(folder) / name, name, order, asked)
            found.append(figures)
            _tell(figures)
    RESULT.parent.mkdir(exist_ok=True)
    run = {"cores": os.cpu_count(), "contract": asked.contract, "bytes": len(document)}
    RESULT.write_text(json.dumps({**run, "runs": [asdict(one) for one in found]}, indent=1) + "\n", "utf-8")
    print(f"\nwritten to {RESULT}")
    return 1 if any(one.errors for one in found) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-api", description=__doc__)
    parser.add_argument("--seconds", type=float, default=40, help="how long envelopes are created, for each database")
    parser.add_argument("--envelopes", type=int, help="create so many envelopes instead, however long it takes")
    parser.add_argument("--signers", type=int, default=50, help="how many sign at once")
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="both")
    parser.add_argument("--contract", choices=["small", "demo"], default="small", help="two pages, or the demo's own")
    parser.add_argument("--processes", type=int, default=1, help="web processes on PostgreSQL")
    parser.add_argument("--workers", type=int, default=1, help="workers on PostgreSQL")
    parser.add_argument("--profile", action="store_true", help="tell where the time goes, too; costs some of it")
    return parser.parse_args()


def _document(name: str) -> tuple[bytes, dict[str, object]]:
    if name == "small":
        return contract(), {}
    anchors = {
        role: {"anchor": {"text": at.text, "right": at.right, "up": at.up, "width": at.width, "height": at.height}}
        for role, at in PLACES.items()
    }
    return render_contract(sample_contract(date(2026, 3, 2))), dict(anchors)


def _measure(folder: Path, name: str, order: Mapping[str, Any], asked: argparse.Namespace) -> Figures:
    floors = [_floor(order)]
    port = free_port()
    settings = {"ESIGN_WEBHOOKS_ALLOW": f"127.0.0.1:{port}", "ESIGN_LOGS_LEVEL": "warning"}
    if name == "postgresql":
        settings |= {"ESIGN_HTTP_PROCESSES": str(asked.processes), "ESIGN_WORKERS": str(asked.workers)}
    if asked.profile:
        settings |= profiled(folder)
    with _database(name) as url, running(RunningService(folder, database_url=url, settings=settings)) as service:
        keys = [service.new_client() for _ in range(CLIENTS)]
        http_floor = _http_floor(service.url)
        before = _cpu(service, name)
        watch = MemoryWatch(_pids(service))
        with watch:
            played = _play({**order, "url": service.url, "keys": keys, "port": port})
        used = {role: seconds - before[role] for role, seconds in _cpu(service, name).items()}
        used["load"] = played["cpu_seconds"]
        judged = _judge(service, keys, played["last"])
        steps = walk_pages(service.url, service.new_client(), Path(order["contract"]).read_bytes(), order["places"])
    floors.append(_floor(order))
    if asked.profile:
        tell_profiles(folder / PROFILE_FOLDER)
    done = len(played["completed"])
    lives = sorted(played["lives"]) or [0.0]
    return Figures(
        database=name,
        signers=asked.signers,
        envelopes=done,
        envelopes_per_second=round(_steady_rate(played, asked.signers), 2),
        floor_per_second=round(statistics.mean(rate for rate, _ in floors), 2),
        life_p50_s=round(statistics.median(lives), 2),
        life_p99_s=round(lives[int(len(lives) * 0.99)], 2),
        cpu_ms={role: round(seconds * 1000 / max(1, done), 1) for role, seconds in used.items()},
        floor_cpu_ms=round(statistics.mean(ms for _, ms in floors), 1),
        memory=watch.memory(played["completed"]),
        http_floor_ms=http_floor,
        endpoints=played["endpoints"],
        steps=steps,
        verdict=judged,
        errors=[
            *played["errors"],
            *([] if judged == "TOTAL-PASSED" else [f"verdict: {judged}"]),
            *too_slow(steps),
        ],
    )


@contextmanager
def _database(name: str) -> Iterator[str | None]:
    """Yield the URL of a database without tables, whose commits reach the disk; None for the service's own SQLite."""
    if name == "sqlite":
        yield None
        return
    _administer(_server(), "ALTER SYSTEM RESET ALL")  # tests run without flushes
    _administer(_server(), "SELECT pg_reload_conf()")
    with _fresh("template0") as url:
        yield url


def _floor(order: Mapping[str, Any]) -> tuple[float, float]:
    """Return envelopes a second on all cores, and milliseconds of processor time for each, without a service."""
    line = json.dumps({"contract": order["contract"], "places": order["places"], "seconds": FLOOR_SECONDS})
    command = [sys.executable, "-m", "bench.api_floor"]
    ran = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(os.cpu_count() or 1)
    ]
    for one in ran:  # all of them, before the first is awaited
        assert one.stdin is not None
        one.stdin.write(line + "\n")
        one.stdin.flush()
    told = [json.loads(one.communicate()[0]) for one in ran]
    rate = sum(one["envelopes"] / one["seconds"] for one in told)
    return rate, sum(one["cpu_seconds"] for one in told) * 1000 / sum(one["envelopes"] for one in told)


def _http_floor(url: str) -> float:
    """Return the median milliseconds of the lightest answer."""
    took: list[float] = []
    api = Api(url, timing=lambda _route, seconds, _status: took.append(seconds * 1000))
    for _ in range(300):
        api.get("/healthz")
    api.close()
    return round(statistics.median(took), 3)


def _play(order: Mapping[str, Any]) -> dict[str, Any]:
    ran = subprocess.run(
        [sys.executable, "-m", "bench.api_load"],
        input=json.dumps(order) + "\n",
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def _steady_rate(played: Mapping[str, Any], signers: int) -> float:
    """Return completions a second, between the first wave of signers and the end of creating."""
    steady = [at for at in played["completed"] if at <= played["stopped"]][signers:]
    if len(steady) < 2:
        steady = played["completed"]
    return (len(steady) - 1) / (steady[-1] - steady[0]) if len(steady) > 1 else 0.0


def _pids(service: RunningService) -> dict[str, int]:
    """Return the service's processes by a name and number."""
    return {
        f"{role} {number}": pid
        for role, kinds in _ROLES.items()
        for number, pid in enumerate(sorted(service.pids(kinds[-1])), 1)
    }


def _cpu(service: RunningService, name: str) -> dict[str, float]:
    """Return the processor time so far, in seconds."""
    used = {
        role: sum(cpu_seconds(pid) for kind in kinds for pid in service.pids(kind)) for role, kinds in _ROLES.items()
    }
    if name == "postgresql":
        used["postgresql"] = sum(cpu_seconds(pid) for pid in _postgresql())
    return used


def _postgresql() -> list[int]:
    folder = Path(_server().partition("host=")[2].replace("%2F", "/").partition("&")[0])
    return with_children(int((folder / "postmaster.pid").read_text("ascii").split()[0]))


def _judge(service: RunningService, keys: Sequence[str], envelope: str | None) -> str:
    """Return our verifier's conclusion on the last sealed document, as a client downloads it."""
    if envelope is None:
        return "nothing was completed"
    for key in keys:
        api = Api(service.url, key)
        mine = [one["id"] for one in api.json("/v1/envelopes?limit=100")["items"]]
        if envelope in mine:
            document = api.json(f"/v1/envelopes/{envelope}")["documents"][0]["id"]
            sealed = api.get(f"/v1/documents/{document}/sealed")
            trust = load_trust_store([service.settings.authority.folder / "certificates" / "root.pem"])
            return str(verify(io.BytesIO(sealed), name="sealed.pdf", trust=trust, at=now()).conclusion)
    return "its client does not find it"


def _tell(figures: Figures) -> None:
    ratio = figures.envelopes_per_second / figures.floor_per_second
    print(f"\n{figures.database}: {figures.envelopes} envelopes of two recipients, {figures.signers} signers at once")
    print(
        f"  {figures.envelopes_per_second:.2f} envelopes/s; without service, database, network:"
        f" {figures.floor_per_second:.2f}/s; ratio {ratio:.2f}"
    )
    print(f"  from creation to the webhook that it is complete: p50 {figures.life_p50_s} s, p99 {figures.life_p99_s} s")
    used = ", ".join(f"{role} {ms:.0f}" for role, ms in figures.cpu_ms.items())
    over = sum(ms for role, ms in figures.cpu_ms.items() if role != "load") / figures.floor_cpu_ms
    print(f"  processor ms an envelope: {used}; floor {figures.floor_cpu_ms:.0f}, ratio {over:.2f}")
    for one in figures.memory:
        print(
            f"  memory of {one.process:13} {one.start_mb:6.1f} MB -> {one.end_mb:6.1f} MB,"
            f" {one.kb_per_envelope:+.2f} KB an envelope in the second half"
        )
    print(f"  last document: {figures.verdict}; errors: {len(figures.errors)}")
    for error in figures.errors:
        print(f"    {error}")
    print(f"  {'endpoint':44}{'calls':>7}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}{'p50/floor':>10}{'p99/floor':>10}")
    for route, took in figures.endpoints.items():
        print(
            f"  {route:44}{took['count']:7}{took['p50_ms']:9.1f}{took['p99_ms']:9.1f}{took['max_ms']:9.1f}"
            f"{took['p50_ms'] / figures.http_floor_ms:10.1f}{took['p99_ms'] / figures.http_floor_ms:10.1f}"
        )
    print(f"  {'floor: GET /healthz, one caller at a time':51}{figures.http_floor_ms:9.1f}")
    print(f"  {'steps of the pages, one person at a time':44}{'calls':>7}{'p50 ms':>9}{'max ms':>9}{'p50/floor':>10}")
    for step, took in figures.steps.items():
        ratio = took["p50_ms"] / figures.http_floor_ms
        print(f"  {step:44}{took['count']:7}{took['p50_ms']:9.1f}{took['max_ms']:9.1f}{ratio:10.1f}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
