"""Notices of refusals are made: set with reasons and words, sealed by the insurer, kept, recorded, and told.

The task is entered with the refusal, and a sweep finds refusals that no task remembers, so that the notice is out long
before the three days of 保险法 24 are over.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.domain import Claim
from claims.domain import commands as c
from claims.domain.values import ClaimState, day_of
from claims.handling.texts import NOTICE
from claims.models import ClaimRow
from claims.refusing.document import PLACE, Notice, notice_pdf
from claims.refusing.models import NOTICE_TASK, NoticeRow
from claims.refusing.reasons import REASONS
from claims.selfservice.inviting import Inviting
from claims.service.office import ACTOR, Office
from esign.public.events import plain_payload, read_stream, retried
from esign.public.rows import new_id
from esign.public.work import log_for

PREFIX: Final = "ntc"
REFUSED: Final = "claim.refused"
SWEPT_AT_ONCE: Final = 100
_log = log_for(__name__)


class Notices:
    """Makes them."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house

    def make(self, claim: str) -> None:
        """Make the notice of a refused claim; nothing where it is out, or the claim was opened again.

        Setting and sealing take seconds. Raises what `RoomDocuments.seal` raises; `RecordErased`, `BlobError`,
        `ClaimRefused` (`no-customer-phone`).
        """
        house = self._house
        with house.database.reading() as session:
            state = self._office.get(session, claim)
            if not _waits(state):
                return
            notice = self._notice(session, claim, state)
        pdf = notice_pdf(notice, house.typeface)
        sealed = house.documents.seal(f"拒赔通知书 {claim}.pdf", pdf, about=claim, place=PLACE)
        written = house.documents.write(sealed.content)

        def work(session: Session) -> None:
            self._office.claims.hold(session, claim)
            now_state = self._office.get(session, claim)
            if not _waits(now_state) or now_state.since != state.since:
                return
            now = self._office.now(session, now_state)
            record = new_id(PREFIX, now)
            house.documents.keep(session, record, written)
            kept = {"sha256": sealed.sha256, "size": written.size, "blob": written.name, "record": record}
            session.add(NoticeRow(id=record, claim=claim, made_at=now, **kept))
            session.flush()
            self._office.execute(session, claim, c.RecordNotice(at=now, notice=record), actor=ACTOR)
            person = Inviting(self._office).customer(session, claim)
            house.messages.tell(session, NOTICE, person, about=claim, because=record, at=now)

        retried(house.database, work)

    def give_up(self, claim: str, reason: str) -> None:
        """Give nothing up: the claim's clock runs, its handler is reminded, and the sweep asks again."""
        _log.error("a notice of refusal is not made", record=claim, code=reason)

    def sweep(self) -> int:
        """Enter tasks for refusals without a notice; return how many there were."""
        waiting = (ClaimRow.state == ClaimState.REFUSED.value) & (ClaimRow.act == "notify-refusal")
        with self._house.database.reading() as session:
            chosen = select(ClaimRow.id).where(waiting).order_by(ClaimRow.since).limit(SWEPT_AT_ONCE)
            found = list(session.scalars(chosen))
        if found:
            with self._house.database.transaction() as session:
                for claim in found:
                    self._house.tasks.add(session, NOTICE_TASK, claim)
        return len(found)

    def newest(self, session: Session, claim: str) -> NoticeRow | None:
        """Return the notice of a claim that was made last, None where there is none."""
        chosen = (
            select(NoticeRow).where(NoticeRow.claim == claim).order_by(NoticeRow.made_at.desc(), NoticeRow.id.desc())
        )
        return session.scalars(chosen.limit(1)).one_or_none()

    def read(self, session: Session, notice: NoticeRow) -> bytes:
        """Return the sealed PDF. Raises `RecordErased`, `BlobError`, `SealedDataError`."""
        return self._house.documents.read(session, notice.blob, notice.record)

    def _notice(self, session: Session, claim: str, state: Claim) -> Notice:
        policy = self._office.policy_of(session, state)
        refusals = [plain_payload(one) for one in read_stream(session, claim) if one.type == REFUSED]
        told = refusals[-1]
        return Notice(
            claim=claim,
            policy=state.reported.policy,
            company=self._house.organisation,
            insured=policy.insured.name,
            plate=policy.car.plate,
            occurred_on=day_of(state.reported.occurred_at),
            reported_on=day_of(state.reported_at),
            refused_on=day_of(state.since),
            reasons=tuple(REASONS.get(code, code) for code in told["reasons"]),
            words=self._house.records.read(session, str(told["words"])).decode(),
        )


def _waits(state: Claim) -> bool:
    return state.state is ClaimState.REFUSED and state.notice is None
