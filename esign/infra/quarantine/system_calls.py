"""The system calls that a task may make: those of computing, and reading and writing what it was handed.

Everything else is answered with EPERM: opening files, sockets, processes, signals, namespaces, io_uring. A list of
what is allowed stays true when a kernel learns something new. The numbers are those of the kernel's own headers
(asm/unistd_64.h, asm-generic/unistd.h); the filter is a classic BPF program (seccomp(2), linux/seccomp.h).
"""

from __future__ import annotations

import ctypes
import errno
import platform
from typing import Final

_X86_64, _AARCH64 = 0xC000003E, 0xC00000B7  # AUDIT_ARCH_* (linux/audit.h)

_NUMBERS: Final[dict[str, tuple[int, int | None]]] = {
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "close": (3, 57),
    "fstat": (5, 80),
    "newfstatat": (262, 79),  # how the C library asks for fstat; it tells sizes and times, no content
    "lseek": (8, 62),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "futex": (202, 98),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "membarrier": (324, 283),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "times": (100, 153),
    "getrusage": (98, 165),
    "getrandom": (318, 278),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "getcpu": (309, 168),
    "sysinfo": (99, 179),
    "uname": (63, 160),
    "restart_syscall": (219, 128),
    "exit": (60, 93),
    "exit_group": (231, 94),
}

_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_RET|K
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4  # struct seccomp_data
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000  # SECCOMP_RET_*


class _Instruction(ctypes.Structure):
    """struct sock_filter."""

    _fields_ = (("code", ctypes.c_uint16), ("jt", ctypes.c_uint8), ("jf", ctypes.c_uint8), ("k", ctypes.c_uint32))


class FilterProgram(ctypes.Structure):
    """struct sock_fprog, for prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ...)."""

    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.POINTER(_Instruction)))


def filter_program() -> FilterProgram | None:
    """Return the filter for this machine's architecture; None where its numbers are not known."""
    columns = {"x86_64": (_X86_64, 0), "aarch64": (_AARCH64, 1)}
    if platform.machine() not in columns:
        return None
    architecture, column = columns[platform.machine()]
    allowed = [number for numbers in _NUMBERS.values() if (number := numbers[column]) is not None]
    count = len(allowed)
    instructions = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_JUMP_IF_EQUAL, 0, count + 1, architecture),  # another one's numbers mean something else: refuse
        (_LOAD, 0, 0, _NUMBER_AT),
        *((_JUMP_IF_EQUAL, count - place, 0, number) for place, number in enumerate(allowed)),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return FilterProgram(
        len(instructions), (_Instruction * len(instructions))(*(_Instruction(*words) for words in instructions))
    )
