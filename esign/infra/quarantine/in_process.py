"""The same port without processes, for tests of other rooms and for commands that read only their user's own files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, cast

from esign.errors import EsignError
from esign.infra.quarantine.confinement import Confinement
from esign.infra.quarantine.errors import breaks_reader, error_form, error_of, too_heavy
from esign.infra.quarantine.frames import FrameTooLarge, frame_head, read_frame
from esign.infra.quarantine.limits import QuarantineLimits, TaskBounds
from esign.infra.quarantine.port import Answer, TaskTable

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue


class InProcessQuarantine:
    """Runs the tasks where it stands, with nothing enforced. What crosses takes the same form as between processes."""

    def __init__(self, table: TaskTable, *, setup: Mapping[str, JsonValue] | None = None) -> None:
        self._tasks = table.tasks
        self._limits = QuarantineLimits()
        table.warm(setup or {})

    @property
    def confinement(self) -> Confinement:
        return Confinement()

    def run(self, task: str, arguments: Mapping[str, JsonValue], attachments: Sequence[bytes] = ()) -> Answer:
        """As `Quarantine.run` says; a task that hangs or crashes takes its caller along."""
        given = self._crossed(dict(arguments), ())
        try:
            answer = self._tasks[task](cast("Mapping[str, JsonValue]", given), attachments)
        except EsignError as error:
            raise error_of(dict(error_form(error))) from error
        except MemoryError as error:
            raise too_heavy("memory") from error
        except Exception as error:
            raise breaks_reader(type(error).__name__) from error
        value = self._crossed({"value": answer.value}, answer.attachments)["value"]
        return Answer(cast("JsonValue", value), answer.attachments)

    def files_of(self, origin: str) -> InProcessQuarantine:  # all origins' files are read here
        return self

    def within(self, bounds: TaskBounds) -> InProcessQuarantine:  # nothing is enforced here
        return self

    def close(self) -> None:
        """Nothing to end."""

    def _crossed(self, form: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> dict[str, object]:
        try:
            head = frame_head(form, attachments, self._limits)
        except FrameTooLarge as error:
            raise too_heavy("bytes") from error
        return read_frame(BytesIO(head + b"".join(attachments)).read, self._limits).form
