"""Judges files in the quarantine, one after another, beside whoever asked: in a thread, or while they wait."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol, TypeAlias

from ca.ports import Clock
from ca.trust import TrustStore
from esign.ceremony.quarantined import BOUNDS, judge_document
from esign.ceremony.recognition.acceptors import Acceptors
from esign.errors import EsignError
from esign.infra.logs import log_for
from esign.infra.quarantine import Quarantine, QuarantineFailed
from esign.verifications.asked import Asked
from esign.verifications.judged import Judged, given_up, judged_of
from esign.verifications.line import Line, LineLimits, Place

FAILED: Final = "internal-error"
LONGEST_SECONDS: Final = BOUNDS.wall_seconds + 15
"""So long one file takes at most from the moment that it has its turn, and a little more."""
NO_VERDICT, UNREADABLE = "NONE", "UNREADABLE"
Observe: TypeAlias = Callable[[str, float], None]
_log = log_for(__name__)


def unobserved(_verdict: str, _seconds: float) -> None:
    """Measure nothing: for tests of other rooms."""


class Hearing(Protocol):
    """Hears how it goes with a file. Each call comes from the thread that judges it."""

    def moved(self, ahead: int) -> None:
        """So many files are still ahead of it; 0 when it is being judged."""

    def ended(self, judged: Judged) -> None:
        """There is a verdict."""

    def failed(self, code: str) -> None:
        """There is none, neither way; the code is that of the error."""


class Judges:
    """Judges files that are handed in. Safe for threads; of one process, which has one line for all of them."""

    def __init__(
        self,
        quarantine: Quarantine,
        trust: TrustStore,
        clock: Clock,
        limits: LineLimits,
        acceptors: Acceptors,
        observe: Observe = unobserved,
    ) -> None:
        """`observe` is told each verdict and the seconds that it took."""
        self._runner = quarantine.within(BOUNDS)
        self._trust = trust
        self._clock = clock
        self._observe = observe
        self._line = Line(limits)
        self._acceptors = acceptors

    @property
    def waiting_seconds(self) -> float:
        """How long a file waits for its turn at most."""
        return self._line.limits.waiting_seconds

    def judge(self, asked: Asked) -> Judged:
        """Wait for a turn and judge. Raises `LineFull`, `QuarantineUnavailable`."""
        with self._line.join(asked.origin, len(asked.content)) as place:
            place.wait()
            return self._judged(asked)

    def begin(self, asked: Asked, hearing: Callable[[], Hearing]) -> threading.Thread:
        """Take the file into the line and return; the thread, which is running, judges it and tells.

        `hearing` is called once it is in the line. Raises `LineFull`: then nothing was begun.
        """
        place = self._line.join(asked.origin, len(asked.content))
        try:
            told = hearing()
            thread = threading.Thread(target=self._run, args=(asked, place, told), name="verification", daemon=True)
            thread.start()
        except BaseException:
            place.leave()
            raise
        return thread

    def _run(self, asked: Asked, place: Place, hearing: Hearing) -> None:
        with place:
            try:
                place.wait(hearing.moved)
                judged = self._judged(asked)
            except EsignError as error:
                _log.failed("file not judged", error, code=error.code)
                code = error.code
                _tell(lambda: hearing.failed(code))
                return
            except Exception as error:  # noqa: BLE001  # logged, and told to whoever waits
                _log.failed("file not judged", error)
                _tell(lambda: hearing.failed(FAILED))
                return
        _tell(lambda: hearing.ended(judged))

    def _judged(self, asked: Asked) -> Judged:
        begun, told = time.perf_counter(), NO_VERDICT
        try:
            judged = self._judged_or_given_up(asked)
            told = judged.conclusion.value if judged.readable else UNREADABLE
            return judged
        finally:
            self._observe(told, time.perf_counter() - begun)

    def _judged_or_given_up(self, asked: Asked) -> Judged:
        now = self._clock()
        try:
            judgement = judge_document(
                self._runner, asked.content, name=asked.name, trust=self._trust, at=now, password=asked.password
            )
        except QuarantineFailed as failed:
            _log.info("file given up", code=failed.code, bytes=len(asked.content))
            return self._accepted(asked, given_up(asked, hashlib.sha256(asked.content).hexdigest(), failed, now))
        return self._accepted(asked, judged_of(judgement, now))

    def _accepted(self, asked: Asked, judged: Judged) -> Judged:
        """Add the second verdict; of a file that could not be read nothing is said beyond that."""
        if not judged.readable:
            return judged
        acceptance = self._acceptors.accept(judged.report, asked.may_see)
        return replace(judged, report={**judged.report, "acceptance": acceptance.as_json()})


def _tell(telling: Callable[[], None]) -> None:
    """Tell; what cannot be told is logged, and whoever waits sees that its time is over."""
    try:
        telling()
    except Exception as error:  # noqa: BLE001  # the thread has nobody else to tell
        _log.failed("verdict not told", error)
