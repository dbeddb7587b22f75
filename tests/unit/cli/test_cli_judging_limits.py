"""`esign verify` on files that break limits, and its end by Ctrl-C: JSON where JSON was asked for, never a trace."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from esign.cli.verification_limits import tell_confinement
from esign.infra.quarantine import Confinement
from tests.command import Desk, set_up_desk
from tests.fuzz.judged import seeds

EVERYTHING = Confinement(*[True] * 7)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = set_up_desk(tmp_path_factory.mktemp("desk"), b"", lambda _folder: None)
    (desk.folder / "signed.pdf").write_bytes(seeds("reader")["archived"])
    return desk


def test_a_file_that_breaks_the_limit_of_time_is_json_and_status_4(desk: Desk, tmp_path: Path) -> None:
    slow = tmp_path / "slow.pdf"
    with slow.open("wb") as file:
        file.write(seeds("reader")["archived"])
        file.truncate(1 << 29)  # reading through half a gigabyte takes longer than a tenth of a second
    told = desk.json("verify", slow, "--seconds", "0.1", status=4)
    assert [finding["code"] for finding in told["findings"]] == ["limit-reached"]
    assert (told["conclusion"], told["document"]["bytes"]) == ("TOTAL-FAILED", 1 << 29)


@pytest.mark.parametrize("name", ["missing.pdf", ""])
def test_what_is_no_file_is_json_where_json_is_asked_for(desk: Desk, name: str) -> None:
    assert desk.json("verify", desk.folder / name, status=10)["error"]["code"] in {
        "document-unreadable",
        "document-is-a-folder",
    }


COMMAND = """
import os, sys

MODULE = sys.argv.pop()

class Waits:
    '''Waits, when this module is asked for, until somebody writes to a pipe: nobody does.'''

    def find_spec(self, name, path=None, target=None):
        if name == MODULE:
            open(os.environ["PIPE"]).read()

sys.meta_path.insert(0, Waits())
from wsgi import main
sys.exit(main())
"""


@pytest.mark.parametrize(
    "module",
    ["click", "esign.cli.verification", "none"],
    ids=["while the command loads", "while it looks for its options", "while its reader runs and it reads a root"],
)
def test_ctrl_c_ends_quietly_with_130_at_any_moment(desk: Desk, tmp_path: Path, module: str) -> None:
    (tmp_path / "esign").write_text(COMMAND)
    os.mkfifo(tmp_path / "pipe")
    root = ["--trust", str(tmp_path / "pipe")] if module == "none" else []
    running = subprocess.Popen(
        [sys.executable, str(tmp_path / "esign"), "verify", str(desk.folder / "signed.pdf"), "--json", *root, module],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3]), "PIPE": str(tmp_path / "pipe")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    descriptor = os.open(tmp_path / "pipe", os.O_WRONLY)  # returns when the command has come to that moment
    wait_until_it_sleeps(running.pid)
    running.send_signal(signal.SIGINT)
    out, error = running.communicate()
    os.close(descriptor)
    assert (running.returncode, out, error) == (130, "", "")


def wait_until_it_sleeps(process: int) -> None:
    """Wait until it reads the pipe: a signal that comes just before a read does not end that read."""
    while Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "S":
        time.sleep(0.001)


def test_what_a_machine_does_not_enforce_is_said_plainly(capsys: pytest.CaptureFixture[str]) -> None:
    tell_confinement(EVERYTHING)
    assert capsys.readouterr().err == ""
    tell_confinement(Confinement(memory_limited=True, cpu_limited=True, files_limited=True, no_new_privileges=True))
    told = capsys.readouterr().err
    assert "time and memory are limited" in told
    assert "network" in told
    assert "\n" not in told.rstrip("\n")
