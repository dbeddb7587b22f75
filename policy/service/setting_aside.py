"""Events that cannot be taken down are set aside, so that one broken proposal holds up no other.

A consumer reads the trail in order, and an event that it cannot handle would stop it for everybody. Here such an event
is left as a task of its own, which operations see among the jobs with the code of what hinders it, and which is tried
again until it is mended: what it means for a proposal does not depend on what happened to others meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final, TypeAlias

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from esign.public.events import ConcurrentChange, Event, LoggedEvent, read_stream
from esign.public.house import House
from esign.public.work import log_for
from policy.errors import GoesNotOn, PolicyTrailBroken

TakeDown: TypeAlias = Callable[[Session, Event], None]
_SEPARATOR: Final = "."

_log = log_for(__name__)


class SettingAside:
    """Hands events of some types to `take_down`, and sets aside those that it fails on."""

    def __init__(self, house: House, kind: str, types: Collection[str], take_down: TakeDown) -> None:
        """`kind` is that of the tasks; the room has a job that does them by `take_up`."""
        self._house = house
        self._kind = kind
        self._types = frozenset(types)
        self._take_down = take_down

    def hear(self, session: Session, logged: LoggedEvent) -> None:
        """Take down the event, or set it aside; the consumer's handler.

        Raises `ConcurrentChange` and errors of the database: those pass, and are no fault of the proposal.
        """
        event = logged.event
        if event.type not in self._types:
            return
        try:
            with session.begin_nested():
                self._take_down(session, event)
        except (SQLAlchemyError, ConcurrentChange):
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, it is about one proposal: the others go on
            session.info.clear()  # what was remembered of rows that it held went with the savepoint
            _log.failed("an event is set aside", error, step=self._kind, record=event.id)
            envelope = event.stream if event.stream.startswith("env_") else None
            subject = f"{event.stream}{_SEPARATOR}{event.version}"
            self._house.tasks.add(session, self._kind, subject, envelope=envelope)

    def take_up(self, subject: str) -> None:
        """Take down an event that was set aside; the work of the task. Raises what hinders it still."""
        stream, _, version = subject.rpartition(_SEPARATOR)
        with self._house.database.transaction() as session:
            found = read_stream(session, stream, after=int(version) - 1)
            if not found:
                raise PolicyTrailBroken(
                    "trail-broken", f"the event {subject} is not in the trail", "compare it with an exported trail"
                )
            self._take_down(session, found[0])

    def give_up(self, subject: str, reason: str) -> None:
        """Give nothing up: the task stays among the jobs that operations see. Raises `GoesNotOn`."""
        _log.error("an event stays set aside", step=self._kind, record=subject, code=reason)
        raise GoesNotOn(reason)
