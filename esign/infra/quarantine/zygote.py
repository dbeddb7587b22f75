"""The zygote: loads what tasks need, once, then forks a child each time its owner asks.

Run as `python -m esign.infra.quarantine.zygote CONTROL OWNER`: the descriptor of a SOCK_SEQPACKET socket and the
owner's process id. The first message is the order (JSON); it answers whether it is ready. Each later message tells
the bounds of a child and brings two sockets: one is the child's alone, over the other the zygote tells the child's
pidfd and, at its end, its wait status; a file that the child shall read may come with them. The zygote never reads what
children read: a hostile file meets nothing but its own child.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from esign.infra.process_memory import give_back_freed_memory, loading
from esign.infra.quarantine.child import run_child
from esign.infra.quarantine.confinement import Confiner
from esign.infra.quarantine.limits import QuarantineLimits, TaskBounds
from esign.infra.quarantine.port import TaskTable
from esign.infra.quarantine.zygote_protocol import BOUNDS, MESSAGE_BYTES, NOT_STARTED, STARTED, STATUS

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue


OBJECTS_BETWEEN_COLLECTIONS: Final = 100_000
"""A child lives for a few tasks: most of what it would collect goes with it, and its memory has a limit anyway."""


@dataclass(frozen=True)
class _Child:
    pid: int
    pidfd: int
    told: socket.socket


class _Zygote:
    def __init__(self, control: socket.socket, owner: int, table: TaskTable, limits: QuarantineLimits) -> None:
        self._control = control
        self._owner = owner
        self._table = table
        self._limits = limits
        self._confiner = Confiner(limits)
        self._children: dict[int, _Child] = {}
        self._events = select.poll()
        self._events.register(control, select.POLLIN)
        self._events.register(owner, select.POLLIN)

    def serve(self) -> None:
        """Fork and reap until the owner closes the control socket or ends."""
        while True:
            for descriptor, _event in self._events.poll():
                if descriptor == self._owner:
                    return
                if descriptor in self._children:
                    self._reap(self._children.pop(descriptor))
                elif not self._begin():
                    return

    def _begin(self) -> bool:
        message, descriptors, _flags, _address = socket.recv_fds(self._control, BOUNDS.size, 3)
        if not message:
            return False
        memory, computing, niceness = BOUNDS.unpack(message)
        bounds = TaskBounds(memory, computing, self._limits.wall_seconds, niceness)
        task, told, *files = descriptors
        channel = socket.socket(fileno=told)
        try:
            pid = os.fork()
        except OSError:
            for descriptor in (task, *files):
                os.close(descriptor)
            _tell(channel, NOT_STARTED)
            channel.close()
            return True
        if pid == 0:
            run_child(task, files[0] if files else None, self._table, self._confiner, self._limits, bounds)
        for descriptor in (task, *files):
            os.close(descriptor)
        child = _Child(pid, os.pidfd_open(pid), channel)
        self._children[child.pidfd] = child
        self._events.register(child.pidfd, select.POLLIN)
        if not _tell(channel, STARTED, child.pidfd):
            os.kill(pid, signal.SIGKILL)
        return True

    def _reap(self, child: _Child) -> None:
        _pid, status = os.waitpid(child.pid, 0)
        self._events.unregister(child.pidfd)
        os.close(child.pidfd)
        _tell(child.told, STATUS.pack(status))
        child.told.close()


def main(arguments: Sequence[str]) -> int:
    """Serve the owner; return the exit status."""
    control = socket.socket(fileno=int(arguments[0]))
    owner = os.pidfd_open(int(arguments[1]))
    if os.getppid() != int(arguments[1]):
        return 1
    order = json.loads(control.recv(MESSAGE_BYTES))
    try:
        with loading():
            table = load_table(order["tasks"])
            table.warm(cast("Mapping[str, JsonValue]", order["setup"]))
    except Exception as error:  # noqa: BLE001  # nothing hostile was read yet, so its words can be told
        control.send(json.dumps({"failed": f"{type(error).__name__}: {error}"[:2000]}).encode())
        return 1
    gc.collect()
    gc.freeze()  # children then share these pages until they write to them
    give_back_freed_memory()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    zygote = _Zygote(control, owner, table, QuarantineLimits(**order["limits"]))
    control.send(json.dumps({"ready": True}).encode())
    zygote.serve()
    return 0


def load_table(place: str) -> TaskTable:
    """Return the table at `module:NAME`. Raises `TypeError` if that is none, and what importing raises."""
    module, _colon, name = place.partition(":")
    table = getattr(import_module(module), name)
    if not isinstance(table, TaskTable):
        raise TypeError(f"{place} is not a table of tasks")
    return table


def _tell(channel: socket.socket, message: bytes, *descriptors: int) -> bool:
    """Send to whoever waits for the child; tell whether somebody still does."""
    try:
        socket.send_fds(channel, [message], descriptors)
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
