"""How much one task may take, how many may run at once, and how long a process is kept for further ones."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class TaskBounds:
    """What one task may take where that is less than a task usually may; what is more here counts for nothing.

    `niceness` is how far its process stands back for others that want to compute (nice(2), 0 to 19).
    """

    memory_bytes: int
    cpu_seconds: int
    wall_seconds: float
    niceness: int = 0


@dataclass(frozen=True)
class QuarantineLimits:
    """Bounds for each task; sizes in bytes.

    `memory_bytes` is what a task may map beyond what the loaded libraries take. `wall_seconds` runs from the task's
    start to its whole answer. `cpu_seconds` and `memory_bytes` are of a process; a task that meets one of them where
    others ran before it is begun anew in a process of its own.
    `exchange_bytes` bounds a request and an answer with their attachments, `form_bytes` the JSON in them. `at_once`
    tasks run side by side; others wait in turn, `waiting_seconds` at most.

    A process may read `files_each` files of one origin, which with its answers have `kept_bytes` at most, and wait
    `kept_seconds` for each of them; `kept_at_most` wait at once.
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
    files_each: int = 50
    kept_bytes: int = 16 * MIB
    kept_seconds: float = 5.0
    kept_at_most: int = 12

    def within(self, bounds: TaskBounds) -> TaskBounds:
        """Return the bounds, none of them wider than these limits."""
        return TaskBounds(
            min(self.memory_bytes, bounds.memory_bytes),
            min(self.cpu_seconds, bounds.cpu_seconds),
            min(self.wall_seconds, bounds.wall_seconds),
            bounds.niceness,
        )

    @property
    def usual(self) -> TaskBounds:
        """What a task may take that nobody binds further."""
        return TaskBounds(self.memory_bytes, self.cpu_seconds, self.wall_seconds)
