"""One process for one file, without a zygote: for a command that reads one file and ends.

It is started before anything else is done, loads what the task needs meanwhile, confines itself as a zygote's child
does, and only then reads. Run as `python -m esign.infra.quarantine.single SOCKET FILE PARENT`: the descriptors of its
socket and of the file, and the process that it must not outlive.
"""

from __future__ import annotations

import gc
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, cast

from esign.errors import EsignError
from esign.infra.quarantine.child import CONFINEMENT_TASK, run_child
from esign.infra.quarantine.confinement import Confinement, Confiner
from esign.infra.quarantine.errors import QuarantineUnavailable, breaks_reader, too_heavy
from esign.infra.quarantine.frames import FrameMalformed, FrameTooLarge, read_frame
from esign.infra.quarantine.launcher import Deadline, reader_environment, receive_exactly, require_ready
from esign.infra.quarantine.limits import QuarantineLimits
from esign.infra.quarantine.port import Answer
from esign.infra.quarantine.told import death_of, question_of, told_by
from esign.infra.quarantine.zygote import OBJECTS_BETWEEN_COLLECTIONS, load_table
from esign.infra.quarantine.zygote_protocol import MESSAGE_BYTES

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

_REAP_SECONDS: Final = 2.0


class SingleProcess:
    """The process for one file; close it, or use it as a context. For one thread."""

    def __init__(
        self, file: int, tasks: str, limits: QuarantineLimits, *, setup: Mapping[str, JsonValue] | None = None
    ) -> None:
        """Start it for the regular file behind the descriptor `file`, and return at once; `tasks` and `setup` are as
        `start_quarantine` has them. Raises `QuarantineUnavailable`."""
        self._limits = limits
        self._channel, theirs = socket.socketpair()
        numbers = (str(theirs.fileno()), str(file), str(os.getpid()))
        try:
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "esign.infra.quarantine.single", *numbers],
                    env=reader_environment(),
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno(), file],
                    start_new_session=True,  # what a terminal sends to its owner is not meant for it
                )
        except OSError as error:
            self._channel.close()
            raise QuarantineUnavailable(
                "quarantine-no-process",
                "the machine gives no further process",
                "raise its limits on processes and memory",
            ) from error
        self._channel.settimeout(limits.start_seconds)
        order = {"tasks": tasks, "setup": setup or {}, "limits": asdict(limits)}
        self._channel.sendall(json.dumps(order).encode() + b"\n")
        self._confinement: Confinement | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The process id, for whoever watches the machine."""
        return self._process.pid

    @property
    def confinement(self) -> Confinement:
        """What the machine enforces on the task; waits until it is loaded. Raises `QuarantineUnavailable`."""
        if self._confinement is None:
            require_ready(lambda: _line(lambda: self._channel.recv(1)))
            told = self._exchange(CONFINEMENT_TASK, {}, ())
            self._confinement = Confinement(**cast("Mapping[str, bool]", told.value))
        return self._confinement

    def run_on_file(self, task: str, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes] = ()) -> Answer:
        """As `ProcessQuarantine.run_on_file`, once."""
        if not self.confinement.is_bounded:
            raise QuarantineUnavailable(
                "quarantine-without-limits",
                "this machine sets no limits on memory and time of a process",
                "run it where resource limits can be set",
            )
        return self._exchange(task, arguments, attachments)

    def close(self) -> None:
        """End the process, whatever it does."""
        self._channel.close()
        self._process.kill()
        self._process.wait()

    def _exchange(self, task: str, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
        question = question_of(task, arguments, attachments, self._limits)
        deadline = Deadline(self._limits.wall_seconds)
        try:
            for piece in question.pieces:
                deadline.apply_to(self._channel)
                self._channel.sendall(piece)
            frame = read_frame(lambda count: receive_exactly(self._channel, count, deadline), self._limits)
        except TimeoutError as error:
            raise too_heavy("time") from error
        except FrameTooLarge as error:
            raise too_heavy("bytes") from error
        except FrameMalformed as error:
            raise breaks_reader("its answer has no form") from error
        except (EOFError, BrokenPipeError, ConnectionResetError) as error:
            raise death_of(self._exit_code()) from error
        told = told_by(frame, question.mark)
        if isinstance(told, EsignError):
            raise told
        return told

    def _exit_code(self) -> int | None:
        try:
            return self._process.wait(_REAP_SECONDS)
        except subprocess.TimeoutExpired:
            return None


def main(arguments: Sequence[str]) -> int:
    """Load, tell that it is ready, and serve; return the exit status of what could not be loaded."""
    channel = socket.socket(fileno=int(arguments[0]))
    file, parent = int(arguments[1]), int(arguments[2])
    order = json.loads(_line(lambda: channel.recv(1)))
    try:
        table = load_table(order["tasks"])
        table.warm(cast("Mapping[str, JsonValue]", order["setup"]))
    except Exception as error:  # noqa: BLE001  # nothing hostile was read yet, so its words can be told
        channel.sendall(_said({"failed": f"{type(error).__name__}: {error}"[:2000]}))
        return 1
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    limits = QuarantineLimits(**order["limits"])
    confiner = Confiner(limits, parent=parent)
    channel.sendall(_said({"ready": True}))
    return run_child(channel.detach(), file, table, confiner, limits, limits.usual)


def _line(receive_one: Callable[[], bytes]) -> bytes:
    """Return a line: what follows it is not for whoever reads it, so it is read byte by byte. Empty at the end."""
    line = bytearray()
    while len(line) < MESSAGE_BYTES:
        one = receive_one()
        if one in (b"", b"\n"):
            return bytes(line)
        line += one
    return b""


def _said(message: Mapping[str, object]) -> bytes:
    return json.dumps(message).encode() + b"\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
