"""The task that renews the timestamps of checkpoints, one for each unit that ends, and the sweep that finds those.

One fresh timestamp covers many checkpoints (`esign.renewal.chain`), and a later one covers that. What was stamped by
the unit is renewed part by part, each in a transaction of its own, so a task that was cut off goes on where it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import IntegrityError

from esign.ceremony.models import Task
from esign.ceremony.task_tries import SigningOvertaken, TaskTries
from esign.ceremony.tasks import Tasks
from esign.errors import LevelNotReached, SigningError
from esign.infra.database import Database
from esign.infra.exclusive import Exclusive
from esign.infra.logs import log_for
from esign.pades.validation_data import collect_validation_data, require_good_answers
from esign.renewal.chain import Head, Judging, Link, Stamped, judge_chain
from esign.renewal.checkpoint_dues import CheckpointsDue, checkpoint_dues
from esign.renewal.checkpoint_rows import (
    LeafTree,
    checkpoint_rests_on,
    keep_renewal,
    stamped_by,
    unknown_checkpoints,
)
from esign.renewal.renewing import BEFORE, Authorities, require_later, stamped_at
from esign.renewal.resting import units
from esign.renewal.units import Unit, roots_of, unit_of

RENEW_CHECKPOINTS: Final = "renew-checkpoints"
"""The job's kind."""
LOOKED_AT: Final = 2_000
"""So many checkpoints of which nobody knows on what they rest are read in one run."""
COVERED_AT_MOST: Final = 4_096
"""So many timestamps one renewal covers: some 25 MB of notes and tokens."""
_log = log_for(__name__)


class CheckpointRenewer:
    """Runs the tasks of kind `renew-checkpoints`; the subject of a task is the unit."""

    def __init__(
        self,
        database: Database,
        tasks: Tasks,
        authorities: Authorities,
        exclusive: Exclusive,
        *,
        before: timedelta = BEFORE,
    ) -> None:
        self._database = database
        self._tasks = tasks
        self.authorities = authorities
        self._exclusive = exclusive
        self._before = before
        self._looked = (-1, 0)
        """The last checkpoint that was looked at: one that cannot be read must not hide those behind it."""
        self._tries = TaskTries(database, tasks, authorities.clock)

    def run(self, task: str) -> None:
        """Do the task, as far as it can be done now; what hinders it is recorded."""
        with self._database.reading() as session:
            row = session.get(Task, task)
            unit = None if row is None else row.subject
        if unit is None:
            return
        with self._exclusive.attempt(RENEW_CHECKPOINTS) as mine:
            if not mine:
                self._tries.stand_back(task)
                return
            self._tries.attempt(
                task,
                lambda: self._renew_all(task, unit),
                lambda reason: self._tries.put_off(task, reason),  # seen among the jobs, until that is mended
                doing="renewing checkpoints",
            )

    def sweep(self) -> int:
        """Look at what nobody knows yet, and enter a task for each unit that is due; return how many.

        Nothing is entered for a unit while the timestamp authority in use would end no later. Raises what the
        timestamp authority raises.
        """
        with self._exclusive.attempt("checkpoint renewal sweep") as mine:
            return self._sweep() if mine else 0

    def is_at_work(self) -> bool:
        """Tell whether there are more checkpoints to look at than one run took."""
        return self._looked != (-1, 0)

    def dues(self) -> list[CheckpointsDue]:
        """Return what falls due, the earliest end first."""
        with self._database.reading() as session:
            return checkpoint_dues(session, self.authorities.trust, self.authorities.constraints)

    def earliest_end(self) -> datetime | None:
        """Return when the first of the timestamps ends that checkpoints rest on, or None where there are none."""
        found = self.dues()
        return found[0].ends_at if found else None

    def _sweep(self) -> int:
        self._look()
        now, trust, constraints = self.authorities.clock(), self.authorities.trust, self.authorities.constraints
        due = [one for one in self.dues() if one.ends_at - now <= self._before]
        if not due:
            return 0
        ends_at = unit_of(self.authorities.timestamps.timestamp(bytes(32)).der, roots_of(trust, now)).ends_at(
            trust, constraints
        )
        helped = [one for one in due if one.ends_at < ends_at]
        if len(helped) < len(due):
            _log.warning("timestamps of checkpoints end soon, and the authority in use ends no later")
        with self._database.transaction() as session:
            for one in helped:
                id_ = f"{RENEW_CHECKPOINTS}:{one.unit.id}"
                self._tasks.add(session, id_, RENEW_CHECKPOINTS, one.unit.id, envelope=None, now=now)
        return len(helped)

    def _look(self) -> None:
        with self._database.reading() as session:
            unknown = unknown_checkpoints(session, after=self._looked, limit=LOOKED_AT)
            session.expunge_all()
        self._looked = (unknown[-1].size, unknown[-1].epoch) if len(unknown) == LOOKED_AT else (-1, 0)
        pool = roots_of(self.authorities.trust, self.authorities.clock())
        known = []
        for row in unknown:
            try:
                known.append((row, unit_of(row.token, pool)))
            except SigningError as error:
                _log.failed("the timestamp of a checkpoint was not read for renewal", error, code=error.code)
        with self._database.transaction() as session:
            for row, unit in known:
                checkpoint_rests_on(session, row, unit)

    def _renew_all(self, task: str, unit: str) -> None:
        with self._database.reading() as session:
            old = units(session).get(unit)
        while old is not None and self._ends_soon(old):
            with self._database.reading() as session:
                stamped = stamped_by(session, unit, limit=COVERED_AT_MOST)
            if not stamped:
                break
            self._renew(old, stamped)
            with self._database.transaction() as session:
                self._tasks.hold(session, task, now=self.authorities.clock())
        self._tries.end(task)

    def _ends_soon(self, unit: Unit) -> bool:
        ends_at = unit.ends_at(self.authorities.trust, self.authorities.constraints)
        return ends_at - self.authorities.clock() <= self._before

    def _renew(self, old: Unit, stamped: Sequence[Stamped]) -> None:
        """Renew these with one timestamp. Raises as `esign.renewal.renewing.renew`; nothing is kept then."""
        authorities, now = self.authorities, self.authorities.clock()
        pool, tree = (*old.chain, *roots_of(authorities.trust, now)), LeafTree([one.leaf for one in stamped])
        # Who will stamp is told by a token of theirs alone: what proves that one later has to be under the new one.
        new = unit_of(authorities.timestamps.timestamp(tree.root).der, pool)
        require_later(old, new, authorities)
        found = collect_validation_data([old.chain, new.chain], authorities.revocation)
        require_good_answers(found.ocsp_responses, not_before=max(stamped_at(one.token) for one in stamped))
        data = {
            hashlib.sha256(one).hexdigest(): one for one in (*found.certificates, *found.ocsp_responses, *found.crls)
        }
        head = Head(len(stamped), tree.root, tuple(data)).encode()
        token = authorities.timestamps.timestamp(hashlib.sha256(head).digest())
        judging = Judging(authorities.trust, authorities.constraints, max(token.gen_time, now), data)
        for position in {0, len(stamped) - 1}:
            link = Link(Stamped(head, token.der), position, tree.path(position))
            faults = judge_chain(stamped[position], [link], judging).faults
            if faults:
                raise LevelNotReached(
                    "renewal-not-verified",
                    f"our verifier does not accept the renewal of a checkpoint ({faults[0].code}: {faults[0].reason})",
                    "check that every authority in use is among the trusted roots, and that it is not too late",
                )
        try:
            with self._database.transaction() as session:
                keep_renewal(session, head, token, unit_of(token.der, pool), stamped, data.values())
        except IntegrityError as error:
            raise SigningOvertaken(
                "renewal-overtaken", "the checkpoints were renewed meanwhile", "nothing: it is tried again"
            ) from error
