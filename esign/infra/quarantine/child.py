"""A child of the zygote: confined, it reads a request, runs the task and writes the answer, until no more come."""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from io import BytesIO
from mmap import ACCESS_READ, mmap
from typing import TYPE_CHECKING, Final, NoReturn, cast

from esign.errors import EsignError
from esign.infra.quarantine.confinement import Confinement, Confiner
from esign.infra.quarantine.errors import error_form
from esign.infra.quarantine.frames import Frame, FrameMalformed, FrameTooLarge, Reader, frame_head, read_frame
from esign.infra.quarantine.limits import QuarantineLimits, TaskBounds
from esign.infra.quarantine.port import Answer, FileTask, OpenedFile, Task, TaskTable

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

SOCKET: Final = 3
DONE, BROKEN, OUT_OF_MEMORY, ANSWER_TOO_LARGE = 0, 70, 71, 72
CONFINEMENT_TASK: Final = ""
"""Answers what took hold of the child; no task of a table has this name."""
_DESCRIPTORS = 4096


def run_child(
    descriptor: int,
    file: int | None,
    table: TaskTable,
    confiner: Confiner,
    limits: QuarantineLimits,
    bounds: TaskBounds,
) -> NoReturn:
    """Serve the requests that come over the descriptor, until its owner ends them; exit with a status above.

    `file` is a descriptor of the one file that its tasks may read, if they are given one.
    """
    status = BROKEN
    try:
        opened = None if file is None else _mapped(file)
        os.dup2(descriptor, SOCKET)
        os.closerange(SOCKET + 1, _DESCRIPTORS)
        confinement = confiner.confine(bounds, mapped_bytes=0 if opened is None else _size(opened))
        tasks = _tasks_with(table, opened)
        while (first := os.read(SOCKET, 1)) != b"":
            form, attachments = _answer(read_frame(_reader_after(first), limits), tasks, confinement)
            gc.collect()  # a document that was read is a ring of objects: the next one needs the room
            _write(frame_head(form, attachments, limits))
            for attachment in attachments:
                _write(attachment)
            del form, attachments
        status = DONE
    except MemoryError:
        status = OUT_OF_MEMORY
    except FrameTooLarge:
        status = ANSWER_TOO_LARGE
    finally:
        # Whatever else was raised is told by the status: nothing may run on into the zygote's code.
        os._exit(status)


def _mapped(descriptor: int) -> OpenedFile:
    """Map the file; its descriptor is needed no longer, and none is left to whoever reads it."""
    return mmap(descriptor, 0, access=ACCESS_READ) if os.fstat(descriptor).st_size else BytesIO()


def _size(opened: OpenedFile) -> int:
    return len(opened) if isinstance(opened, mmap) else 0


def _tasks_with(table: TaskTable, opened: OpenedFile | None) -> Mapping[str, Task]:
    if opened is None:
        return table.tasks
    return {**table.tasks, **{name: partial(_on_file, task, opened) for name, task in table.file_tasks.items()}}


def _on_file(
    task: FileTask, opened: OpenedFile, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]
) -> Answer:
    return task(arguments, attachments, opened)


def answer_form(answer: Answer) -> dict[str, JsonValue]:
    """Return the form of an answer, whose attachments stand beside it."""
    return {"value": answer.value}


def _answer(
    request: Frame, tasks: Mapping[str, Task], confinement: Confinement
) -> tuple[dict[str, JsonValue], tuple[bytes, ...]]:
    name, arguments, mark = (request.form.get(member) for member in ("task", "arguments", "mark"))
    if not isinstance(name, str) or not isinstance(arguments, dict) or not isinstance(mark, str):
        raise FrameMalformed("a request has a task, its arguments and a mark")
    form, attachments = _done(name, arguments, request.attachments, tasks, confinement)
    return {**form, "mark": mark}, attachments


def _done(
    name: str,
    arguments: dict[str, object],
    given: Sequence[bytes],
    tasks: Mapping[str, Task],
    confinement: Confinement,
) -> tuple[dict[str, JsonValue], tuple[bytes, ...]]:
    if name == CONFINEMENT_TASK:
        return {"value": asdict(confinement)}, ()
    try:
        answer = tasks[name](cast("Mapping[str, JsonValue]", arguments), given)
    except EsignError as error:
        return {"error": error_form(error)}, ()
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  # its class is told, its words may quote the file
        return {"ended": type(error).__name__}, ()
    return answer_form(answer), answer.attachments


def _reader_after(first: bytes) -> Reader:
    """Return a reader of a frame whose first byte was read already."""
    read = bytearray(first)

    def exactly(count: int) -> bytes:
        whole = bytes(read[:count]) + _exactly(max(0, count - len(read)))
        del read[:count]
        return whole

    return exactly


def _exactly(count: int) -> bytes:
    # os.read and os.write: sending and receiving are among the calls that a task may not make.
    buffer = bytearray(count)
    view = memoryview(buffer)
    while view:
        received = os.readv(SOCKET, [view])
        if not received:
            raise EOFError("the owner went away")
        view = view[received:]
    return bytes(buffer)


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(SOCKET, view) :]
