"""How much one task may take, and how many may run at once."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class QuarantineLimits:
    """Bounds for each task; sizes in bytes.

    `memory_bytes` is what a task may map beyond what the loaded libraries take. `wall_seconds` runs from the task's
    start to its whole answer. `cpu_seconds` and `memory_bytes` are of a process, which tasks on one file share.
    `exchange_bytes` bounds a request and an answer with their attachments, `form_bytes` the JSON in them. `at_once`
    tasks run side by side; others wait in turn, `waiting_seconds` at most.
    """

    memory_bytes: int = 1024 * MIB
    cpu_seconds: int = 30
    wall_seconds: float = 60.0
    exchange_bytes: int = 512 * MIB
    form_bytes: int = 8 * MIB
    attachments: int = 10_000
    at_once: int = 2
    waiting_seconds: float = 120.0
    start_seconds: float = 60.0
