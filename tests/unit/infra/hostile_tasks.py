"""Tasks that do to their process what a hostile file could make a parser do."""

from __future__ import annotations

import ctypes
import inspect
import os
import signal
import socket
import struct
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from esign.errors import DocumentRefused, EsignError, LevelNotReached
from esign.infra.columns import JsonValue
from esign.infra.quarantine import Answer, OpenedFile, Task, TaskTable, child

MARK = b"0123456789abcdef"
"""Stands where the mark of a question belongs."""
_warmed: list[JsonValue] = []
_read_before: list[bool] = []


def warm(setup: Mapping[str, JsonValue]) -> None:
    _warmed.append(setup.get("word"))
    if setup.get("fails"):
        raise RuntimeError("no such typeface")


def _echo(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    return Answer(arguments.get("value"), tuple(attachments))


def _told_at_start(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    return Answer(list(_warmed))


def _where(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    return Answer({"pid": os.getpid(), "zygote": os.getppid(), "environment": dict(os.environ)})


def _descriptors(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    found = []
    for number in range(1024):
        try:
            os.fstat(number)
        except OSError:
            continue
        found.append(number)
    return Answer(found)


def _refuses(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    raise DocumentRefused("document-encrypted", "第一页 is \x1b[2Jencrypted", "send it without a password")


def _lowers(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    raise LevelNotReached("level-not-reached", "x" * 10_000, "y")


def _odd_code(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    raise EsignError("Not A Code", "cause", "cure")


def _stumbles(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    raise KeyError("张伟")


def _eats_memory(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    kept = []
    while True:
        kept.append(bytearray(16 * 1024 * 1024))


def _takes_memory(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    return Answer(len(bytearray(int(str(arguments["bytes"])))))


def _computes_for_ever(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    while True:
        pass


def _waits_for_ever(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    threading.Event().wait()
    return Answer(None)


def _segfaults(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    ctypes.string_at(0)
    return Answer(None)


def _leaves_a_ring(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    """Leave behind what only a collection of rings takes away, as readers of documents do."""
    ring: list[object] = [bytearray(100 * 1024 * 1024)]
    ring.append(ring)
    return Answer("read")


def _leaves_an_answer(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    """Have every further answer be that to the request before."""

    def write_twice(data: bytes) -> None:
        for _ in range(2):
            os.write(child.SOCKET, data)
        child._write = write

    write, child._write = child._write, write_twice
    return Answer("mine")


def _breaks_after_others(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    """End the process that has read something before."""
    if _read_before:
        os.abort()
    _read_before.append(True)
    return Answer("read")


def _aborts(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    os.abort()


def _leaves(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    os._exit(0)


def _closes_and_stays(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    os.close(3)
    threading.Event().wait()
    return Answer(None)


def _naps(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    """Be still at work when another child of the zygote has to be ended."""
    threading.Event().wait(float(str(arguments["seconds"])))
    return Answer("rested")


def _answers_badly(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    """Write the attachment instead of an answer, with the mark of the question in its place."""
    frame: FrameType | None = inspect.currentframe()
    while frame is not None and "mark" not in frame.f_locals:
        frame = frame.f_back
    assert frame is not None
    os.write(3, attachments[0].replace(MARK, frame.f_locals["mark"].encode()))
    os._exit(0)


def _answers_too_much(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    return Answer(None, (bytes(48 * 1024 * 1024),) * 2)


def _claims_too_much(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    os.write(3, struct.pack(">IIQ", 2, 1, 1 << 60))
    threading.Event().wait()
    return Answer(None)


def _writes_past_limits(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    while True:
        os.write(3, bytes(65536))


_ESCAPES: Mapping[str, Callable[[Mapping[str, JsonValue]], object]] = {
    "socket": lambda _: socket.socket(),
    "unix socket": lambda _: socket.socketpair(),
    "read a file": lambda given: Path(str(given["path"])).read_bytes(),
    "write a file": lambda given: Path(str(given["path"])).write_bytes(b"x"),
    "make a file": lambda given: os.open(str(given["path"]) + ".new", os.O_CREAT | os.O_WRONLY),
    "delete a file": lambda given: os.unlink(str(given["path"])),  # noqa: PTH108
    "rename a file": lambda given: os.rename(str(given["path"]), str(given["path"]) + ".moved"),  # noqa: PTH104
    "make a folder": lambda given: os.mkdir(str(given["path"]) + ".folder"),  # noqa: PTH102
    "list a folder": lambda _: list(Path("/").iterdir()),
    "read the owner's environment": lambda given: Path(f"/proc/{given['owner']}/environ").read_bytes(),
    "read the owner's memory": lambda given: os.open(f"/proc/{given['owner']}/mem", os.O_RDWR),
    "run a program": lambda _: os.execv("/bin/true", ["/bin/true"]),  # noqa: S606
    "start a program": lambda _: subprocess.run(["/bin/true"], check=True),
    "fork": lambda _: os.fork(),
    "start a thread": lambda _: threading.Thread(target=print).start(),
    "kill the zygote": lambda _: os.kill(os.getppid(), signal.SIGKILL),
    "kill the owner": lambda given: os.kill(int(str(given["owner"])), signal.SIGKILL),
    "trace the zygote": lambda _: _called("ptrace", 16, os.getppid(), 0, 0),
    "raise its limits": lambda _: _called("prlimit", 0, 9, ctypes.byref((ctypes.c_uint64 * 2)(1 << 40, 1 << 40)), None),
    "enter a namespace": lambda _: _called("unshare", 0x10000000),
    "make a ring of calls": lambda _: _called("syscall", 425, 4, 0),
    "mount": lambda _: _called("mount", b"none", b"/tmp", b"tmpfs", 0, None),
}


def _called(name: str, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), name)


def _escapes(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    """Try each way out; answer with what each met."""
    met: dict[str, str] = {}
    for name, attempt in _ESCAPES.items():
        try:
            attempt(arguments)
        except (OSError, RuntimeError) as error:
            met[name] = type(error).__name__
        else:
            met[name] = "nothing"
    return Answer(met)


ESCAPES = tuple(_ESCAPES)

_TASKS: Mapping[str, Task] = {
    "echo": _echo,
    "told-at-start": _told_at_start,
    "where": _where,
    "descriptors": _descriptors,
    "refuses": _refuses,
    "lowers": _lowers,
    "odd-code": _odd_code,
    "stumbles": _stumbles,
    "eats-memory": _eats_memory,
    "takes-memory": _takes_memory,
    "computes-for-ever": _computes_for_ever,
    "waits-for-ever": _waits_for_ever,
    "segfaults": _segfaults,
    "leaves-a-ring": _leaves_a_ring,
    "leaves-an-answer": _leaves_an_answer,
    "breaks-after-others": _breaks_after_others,
    "aborts": _aborts,
    "leaves": _leaves,
    "closes-and-stays": _closes_and_stays,
    "naps": _naps,
    "answers-badly": _answers_badly,
    "answers-too-much": _answers_too_much,
    "claims-too-much": _claims_too_much,
    "writes-past-limits": _writes_past_limits,
    "escapes": _escapes,
}


def _reads_its_file(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes], opened: OpenedFile) -> Answer:
    """Read the file that it was started for, and say which descriptors are open beside the socket."""
    opened.seek(0, 2)
    size = opened.tell()
    opened.seek(0)
    return Answer([size, _descriptors(arguments, attachments).value], (opened.read(16),))


def _writes_to_its_file(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes], opened: OpenedFile) -> Answer:
    opened[0:1] = b"x"  # type: ignore[index]
    return Answer(None)


TABLE = TaskTable(_TASKS, warm, {"reads-its-file": _reads_its_file, "writes-to-its-file": _writes_to_its_file})
