"""The owner's handles: of the zygote, and of a child of it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from esign.infra.quarantine.errors import QuarantineUnavailable
from esign.infra.quarantine.limits import MIB, QuarantineLimits, TaskBounds
from esign.infra.quarantine.zygote_protocol import BOUNDS, MESSAGE_BYTES, STARTED, STATUS

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

_FORK_SECONDS: Final = 20.0
_REAP_SECONDS: Final = 2.0


class ZygoteLost(Exception):
    """The zygote does not answer any more."""


class Deadline:
    """A moment on the monotonic clock until which something may take."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def apply_to(self, channel: socket.socket) -> None:
        """Let the socket's next operation take what is left. Raises `TimeoutError` where nothing is."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        channel.settimeout(left)


@dataclass(frozen=True)
class ChildHandle:
    """A started child: its socket, the zygote's word on it, and the means to end it."""

    channel: socket.socket
    told: socket.socket = field(repr=False)
    pidfd: int

    def send(self, pieces: Sequence[bytes], deadline: Deadline) -> None:
        """Send the pieces; a child that died meanwhile is noticed when it is read from. Raises `TimeoutError`."""
        with suppress(BrokenPipeError, ConnectionResetError):
            for piece in pieces:
                deadline.apply_to(self.channel)
                self.channel.sendall(piece)

    def exactly(self, count: int, deadline: Deadline) -> bytes:
        """Return the next `count` bytes. Raises `EOFError` where the child ended before, and `TimeoutError`."""
        return receive_exactly(self.channel, count, deadline)

    def exit_code(self) -> int | None:
        """Return how the child ended: its exit status, or the negative number of a signal.

        A child that only closed its socket and stays is killed, alone: None. Raises `ZygoteLost`.
        """
        self.told.settimeout(_REAP_SECONDS)
        try:
            message = self.told.recv(STATUS.size)
        except TimeoutError:
            self.kill()
            return None
        except ConnectionResetError as error:
            raise ZygoteLost from error
        if len(message) != STATUS.size:
            raise ZygoteLost
        return os.waitstatus_to_exitcode(STATUS.unpack(message)[0])

    def pause(self) -> None:
        """Stop the child until `resume`: it computes nothing while nothing is asked of it."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a child that was stopped go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End the child, whatever it does. No other process can be meant: a pidfd is never used again."""
        self._signal(signal.SIGKILL)

    def end(self) -> None:
        """End the child and let go of it: for whoever has it alone."""
        self.kill()
        os.close(self.pidfd)
        self.channel.close()
        self.told.close()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, number)


def receive_exactly(channel: socket.socket, count: int, deadline: Deadline) -> bytes:
    """Return the next `count` bytes. Raises `EOFError` where the other side ended before, and `TimeoutError`."""
    buffer = bytearray(count)
    view = memoryview(buffer)
    while view:
        deadline.apply_to(channel)
        try:
            received = channel.recv_into(view)
        except ConnectionResetError as error:
            raise EOFError from error
        if not received:
            raise EOFError
        view = view[received:]
    return bytes(buffer)


class ZygoteHandle:
    """A running zygote. Threads may begin children at the same time; who closes it ends them all."""

    def __init__(self, tasks: str, limits: QuarantineLimits, setup: Mapping[str, JsonValue]) -> None:
        """Start it and wait until it is ready. Raises `QuarantineUnavailable`."""
        self._guard = threading.Lock()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-P", "-m", "esign.infra.quarantine.zygote"),
                    *(str(theirs.fileno()), str(os.getpid())),
                ],
                env=reader_environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # what a terminal sends to its owner is not meant for it
            )
        try:
            order = {"tasks": tasks, "setup": setup, "limits": asdict(limits)}
            self._control.settimeout(limits.start_seconds)
            self._control.send(json.dumps(order).encode())
            require_ready(lambda: self._control.recv(MESSAGE_BYTES))
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def begin_child(self, bounds: TaskBounds, file: int | None = None) -> ChildHandle:
        """Begin a child within these bounds; whoever is given it ends it. Raises `ZygoteLost`,
        `QuarantineUnavailable`.

        `file` is a descriptor of the file that the child's tasks may read; it stays the caller's.
        """
        channel, task = socket.socketpair()
        told, teller = socket.socketpair()
        try:
            with task, teller:
                self._ask(task, teller, bounds, file)
            return ChildHandle(channel, told, _started(told))
        except BaseException:
            channel.close()
            told.close()
            raise

    def close(self) -> None:
        """End the zygote, and with it its children."""
        with self._guard:
            self._control.close()
        self._process.kill()
        self._process.wait()

    def let_go(self) -> None:
        """Forget it without ending it: for a process that was forked from its owner."""
        self._control.close()

    def _ask(self, task: socket.socket, teller: socket.socket, bounds: TaskBounds, file: int | None) -> None:
        order = BOUNDS.pack(bounds.memory_bytes, bounds.cpu_seconds, bounds.niceness)
        descriptors = [task.fileno(), teller.fileno(), *([] if file is None else [file])]
        try:
            with self._guard:  # else a descriptor closed meanwhile, and given anew to another file, could be sent to
                self._control.settimeout(_FORK_SECONDS)
                socket.send_fds(self._control, [order], descriptors)
        except OSError as error:
            raise ZygoteLost from error


def _started(told: socket.socket) -> int:
    """Wait for the child's pidfd and return it."""
    told.settimeout(_FORK_SECONDS)
    try:
        message, descriptors, _flags, _address = socket.recv_fds(told, len(STARTED), 1)
    except (TimeoutError, ConnectionResetError) as error:
        raise ZygoteLost from error
    if not message:
        raise ZygoteLost
    if not descriptors:
        raise QuarantineUnavailable(
            "quarantine-no-process",
            "the machine gives no further process",
            "raise its limits on processes and memory, or run fewer at once",
        )
    os.set_inheritable(descriptors[0], False)
    return descriptors[0]


def require_ready(receive: Callable[[], bytes]) -> None:
    """Wait for the word that everything is loaded. Raises `QuarantineUnavailable`."""
    try:
        message = receive()
    except (TimeoutError, ConnectionResetError):
        message = b""
    said = json.loads(message) if message else {"failed": "it ended, or did not answer in time"}
    if not said.get("ready"):
        reason = "".join(c if c.isprintable() else " " for c in str(said.get("failed")))[:300]
        raise QuarantineUnavailable(
            "quarantine-not-started",
            f"the process that reads hostile files does not start: {reason}",
            "see that this installation is whole (esign doctor)",
        )


def reader_environment() -> dict[str, str]:
    """Return all that a reading process knows of its surroundings: where modules are, that one thread is enough, and
    that memory which was freed is used again rather than given back.

    A process with several threads can neither be forked safely nor enter a user namespace. Memory that is had from the
    kernel anew comes page by page, each by a fault: for a photo that was two fifths of the time (mallopt(3)). Large
    pages are asked for where the kernel has them, so that a picture takes a few faults and not a thousand.
    """
    return {
        "PYTHONPATH": os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path),
        "LC_ALL": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_MMAP_THRESHOLD_": str(32 * MIB),
        "MALLOC_TRIM_THRESHOLD_": str(256 * MIB),
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    }
