"""The port: a task by its name, JSON and bytes in, JSON and bytes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from mmap import mmap
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue  # its module loads the database, which the quarantine never has
    from esign.infra.quarantine.confinement import Confinement
    from esign.infra.quarantine.limits import TaskBounds


@dataclass(frozen=True)
class Answer:
    """What a task gives back: a JSON value and the bytes that go with it."""

    value: JsonValue
    attachments: tuple[bytes, ...] = field(default=(), repr=False)


Task: TypeAlias = "Callable[[Mapping[str, JsonValue], Sequence[bytes]], Answer]"
"""A plain function of arguments and attachments. An `EsignError` that it raises reaches the caller."""

OpenedFile: TypeAlias = mmap | BytesIO
"""The file that a task was started for, mapped for reading; an empty file cannot be mapped."""

FileTask: TypeAlias = "Callable[[Mapping[str, JsonValue], Sequence[bytes], OpenedFile], Answer]"
"""A task on a file that its caller opened: nothing of it is copied on the way."""


@dataclass(frozen=True)
class TaskTable:
    """The tasks by name, and `warm`, which is called once before them with what the owner gave for the start.

    A task opens no file and imports nothing that is not loaded yet: `warm` loads and opens all that tasks will need.
    """

    tasks: Mapping[str, Task]
    warm: Callable[[Mapping[str, JsonValue]], None]
    file_tasks: Mapping[str, FileTask] = field(default_factory=dict)


class TaskRunner(Protocol):
    """Runs tasks away from keys, database and network."""

    def run(self, task: str, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes] = ()) -> Answer:
        """Run the task and return its answer.

        Raises the `EsignError` that the task raised, `QuarantineFailed` where it met a limit or broke, and
        `QuarantineUnavailable`.
        """
        ...


class Quarantine(TaskRunner, Protocol):
    """Runs each task in a process that has read nothing before. Safe for threads; not after a fork."""

    @property
    def confinement(self) -> Confinement:
        """What the machine enforces on a task."""
        ...

    def files_of(self, origin: str) -> TaskRunner:
        """Return a runner whose processes read files of this origin alone, one after another. Safe for threads.

        Beginning a process costs more than most tasks. What a file can do to the process that reads it, it does to
        the next files of whoever brought it, for a short while. A task that fails where others ran before it is
        begun anew in a process of its own, so a failure is always the file's.
        """
        ...

    def within(self, bounds: TaskBounds) -> TaskRunner:
        """Return a runner that gives each task a process of its own, under these bounds where they are narrower than
        the usual ones. Safe for threads."""
        ...

    def close(self) -> None:
        """End it. Tasks that run are ended too."""
        ...
