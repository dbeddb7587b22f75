"""The processes that `esign serve` forks: what falls is forked anew with nothing of the watch, and all end together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.cli.running_service import arguments_of, parents, until

# Two parts that tell their process id and what they have open, and go on until they are told to end.
_WATCH = """
import os, signal, sys
from pathlib import Path
from esign.cli.children import Children, Part

def part(name):
    def run():
        told = Path(sys.argv[1], f"{name}-{os.getpid()}.new")
        open_now = {entry: os.readlink(f"/proc/self/fd/{entry}") for entry in os.listdir("/proc/self/fd")[:-1]}
        told.write_text("\\n".join(f"{entry} {where}" for entry, where in open_now.items()))
        told.rename(told.with_suffix(".told"))
        while True:
            signal.pause()
    return Part(("esign", name), run)

found = Children([part("first"), part("second")]).run()
if found is not None:
    found.run()
"""


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    watching = subprocess.Popen([sys.executable, "-c", _WATCH, tmp_path], stdin=subprocess.DEVNULL)
    until(lambda: len(_told(tmp_path, "first")) == len(_told(tmp_path, "second")) == 1, "both parts have begun")
    yield watching
    watching.kill()
    watching.wait()


def _told(folder: Path, name: str) -> dict[int, str]:
    return {int(told.stem.rpartition("-")[2]): told.read_text() for told in folder.glob(f"{name}-*.told")}


def test_each_is_a_process_that_is_listed_by_its_name_and_has_nothing_of_its_parent_open(
    watch: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    for name in ("first", "second"):
        ((pid, is_open),) = _told(tmp_path, name).items()
        assert parents()[pid] == watch.pid
        assert arguments_of(pid)[:2] == ["esign", name]
        assert [line for line in is_open.splitlines() if int(line.split()[0]) > 2] == []


def test_one_that_falls_is_forked_anew_the_same_way_and_the_other_stays(
    watch: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    (fallen,) = _told(tmp_path, "first")
    os.kill(fallen, signal.SIGKILL)
    until(lambda: len(_told(tmp_path, "first")) == 2, "it was forked anew")
    (anew,) = _told(tmp_path, "first").keys() - {fallen}
    assert parents()[anew] == watch.pid
    assert [line for line in _told(tmp_path, "first")[anew].splitlines() if int(line.split()[0]) > 2] == []
    assert fallen not in parents()
    assert len(_told(tmp_path, "second")) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_however_the_watch_ends_all_end(watch: subprocess.Popen[bytes], tmp_path: Path, number: signal.Signals) -> None:
    everybody = {*_told(tmp_path, "first"), *_told(tmp_path, "second")}
    watch.send_signal(number)
    assert watch.wait(60) == (0 if number is not signal.SIGKILL else -number)
    until(lambda: not everybody & set(parents()), "all have ended")


@pytest.mark.parametrize(("ending", "status"), [("", 0), ("sys.exit(7)", 7), ("os.kill(os.getpid(), 9)", 137)])
def test_what_is_done_apart_leaves_nothing_here_and_its_failure_is_ours(ending: str, status: int) -> None:
    script = (
        f"import os, sys\nfrom esign.cli.children import apart\ndone = []\ndef act():\n  done.append(1)\n  {ending}\n"
    )
    ended = subprocess.run([sys.executable, "-c", f"{script}\napart(act)\nassert not done"], check=False)
    assert ended.returncode == status


def test_a_longer_name_than_there_is_room_for_is_cut() -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom esign.cli.process_name import name_process\n"
        "room = len(Path('/proc/self/cmdline').read_bytes())\nname_process('worker', 'x' * 10_000)\n"
        "found = Path('/proc/self/cmdline').read_bytes()\n"
        "assert found == b'worker\\0' + b'x' * (room - 8) + b'\\0', found\nassert sys.argv[1:] == ['an argument']\n"
    )
    assert subprocess.run([sys.executable, "-c", script, "an argument"], check=False).returncode == 0
