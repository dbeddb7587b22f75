"""What a task is kept from, by the kernel: limits, no privileges, no network, and only harmless system calls."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from esign.infra.quarantine.limits import QuarantineLimits, TaskBounds
from esign.infra.quarantine.system_calls import FilterProgram, filter_program

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _SECCOMP_MODE_FILTER = 1, 22, 38, 2  # linux/prctl.h
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000  # linux/sched.h
_DESCRIPTORS = 8


@dataclass(frozen=True)
class Confinement:
    """What this machine enforces on every task; `complete` is all of it.

    `own_network` is an empty network namespace; `system_calls_filtered` refuses opening files and sockets, starting
    processes and the rest. Either one keeps a task from the network, the second alone also from the machine's files.
    """

    memory_limited: bool = False
    cpu_limited: bool = False
    files_limited: bool = False
    dies_with_owner: bool = False
    no_new_privileges: bool = False
    own_network: bool = False
    system_calls_filtered: bool = False

    @property
    def network_closed(self) -> bool:
        return self.own_network or self.system_calls_filtered

    @property
    def is_bounded(self) -> bool:
        """Whether at least memory and computing time have limits; the time that passes is its owner's to limit."""
        return self.memory_limited and self.cpu_limited

    @property
    def complete(self) -> bool:
        return all(getattr(self, name) for name in self.__dataclass_fields__)


class Confiner:
    """Made once in the zygote, when everything is loaded and no thread runs; `confine` is called in each child.

    A process without a zygote makes it and confines itself; `parent` is then the process that it must not outlive.
    """

    def __init__(self, limits: QuarantineLimits, *, parent: int | None = None) -> None:
        self._limits = limits
        self._libc: Final = ctypes.CDLL(None, use_errno=True)
        self._filter: Final[FilterProgram | None] = filter_program()
        mapped = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        self._mapped_bytes: Final = mapped * resource.getpagesize()
        self._parent: Final = os.getpid() if parent is None else parent
        # A user namespace lets everybody have a network namespace, and takes root's privileges along the way.
        self._own_network: Final = self._unshare(_CLONE_NEWUSER | _CLONE_NEWNET) or self._unshare(_CLONE_NEWNET)

    def confine(self, bounds: TaskBounds, *, mapped_bytes: int = 0) -> Confinement:
        """Confine this process for good, within these bounds or the usual ones, whichever are narrower; return what
        took hold.

        `mapped_bytes` of a file were mapped since the fork: they are not of the task's own memory.
        """
        bounds = self._limits.within(bounds)
        dies_with_owner = self._prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != self._parent:
            os._exit(1)  # it died before the line above
        os.nice(max(0, bounds.niceness))
        memory = _limit({resource.RLIMIT_AS: self._mapped_bytes + bounds.memory_bytes + mapped_bytes})
        cpu = _limit({resource.RLIMIT_CPU: bounds.cpu_seconds + int(time.process_time())})
        files = _limit(
            {
                resource.RLIMIT_FSIZE: 0,
                resource.RLIMIT_CORE: 0,
                resource.RLIMIT_NOFILE: _DESCRIPTORS,
                resource.RLIMIT_NPROC: 0,
            }
        )
        no_new_privileges = self._prctl(_PR_SET_NO_NEW_PRIVS, 1)
        filtered = (
            self._filter is not None
            and self._prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(self._filter))
            and _nothing_opens()
        )
        return Confinement(memory, cpu, files, dies_with_owner, no_new_privileges, self._own_network, filtered)

    def _prctl(self, option: int, *arguments: int) -> bool:
        padded: Sequence[int] = (*arguments, 0, 0, 0)[:4]
        return bool(self._libc.prctl(option, *(ctypes.c_ulong(argument) for argument in padded)) == 0)

    def _unshare(self, flags: int) -> bool:
        return bool(self._libc.unshare(flags) == 0)


def _limit(bounds: dict[int, int]) -> bool:
    """Set the limits, never above what is set already; tell whether each took hold."""
    for kind, bound in bounds.items():
        _soft, hard = resource.getrlimit(kind)
        value = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        try:
            # Past the soft limit of computing time comes a signal that tells why, a second later the end.
            last = value + 1 if kind == resource.RLIMIT_CPU and hard == resource.RLIM_INFINITY else value
            resource.setrlimit(kind, (value, last))
        except (OSError, ValueError):
            return False
    return True


def _nothing_opens() -> bool:
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except PermissionError:
        return True
    return False
