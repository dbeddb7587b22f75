"""One delivery: where it stands, who acts next, what happened, and the forms for each thing that can go wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Response, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from delivery.chasing.acts import ALLOWED, WORDS_AT_MOST, Acts, may
from delivery.chasing.desk import applicant_name
from delivery.chasing.sight import require_seen
from delivery.chasing.stray_acts import may_settle, settle_stray
from delivery.codes import status_of
from delivery.domain import next_moves
from delivery.domain.clocks import day_of, days_after
from delivery.domain.next_actor import WAITS
from delivery.domain.values import Waits
from delivery.errors import DeliveryRefused
from delivery.models import DeliveryRow
from delivery.pages.open_pages import HERE, READERS, kept_list
from delivery.pages.words import ACTS, EVENTS, OWNERS, STATES, WAYS, reason_called, said_of, why_refused
from delivery.reasons import ReasonKind, load_reasons
from delivery.receipts.addressees import note_of
from delivery.receipts.ceremony import CAN_SIGN, ReceiptCeremony
from delivery.receipts.strays import Strays
from delivery.service.deliveries import Deliveries
from delivery.service.notes import Note
from esign.public.console import N_, Caller, Entry, Role, RoomConsole, caller, done, member_name, only, page, words
from esign.public.events import Event, read_stream
from esign.public.people import ERASED_TEXT, RecordErased

ENTRIES: Final[tuple[Entry, ...]] = ()
SENTENCES: Final[Mapping[str, str]] = {
    "delivery-called": N_("通话已记录。"),
    "delivery-foretold": N_("已提前报备。"),
    "delivery-away": N_("已记录，请按约定日期再送。"),
    "delivery-address-wrong": N_("已记录，请尽快更正。"),
    "delivery-corrected": N_("已更正。电子保单会按新的电话重新发链接。"),
    "delivery-refused": N_("已记录，由支公司主管与客户沟通。"),
    "delivery-resumed": N_("已记录，可以继续送达。"),
    "delivery-reprinted": N_("已记录，由打印中心重印。"),
    "delivery-link-sent": N_("链接已重新发给客户。"),
    "delivery-switched": N_("已改为纸质，由打印中心打印。"),
    "delivery-reassigned": N_("已改派。"),
    "delivery-explained": N_("超期原因已记录。"),
    "delivery-settled": N_("核查结果已记录。"),
    "delivery-stray-settled": N_("处理结果已记录。"),
}
SELLERS: Final = only(Role.SALES, Role.SUPERVISOR)
_REASONS: Final[Mapping[str, tuple[str, ReasonKind]]] = {
    "delivery.called": ("outcome", ReasonKind.CALL),
    "delivery.foretold": ("reason", ReasonKind.LATE),
    "delivery.explained": ("reason", ReasonKind.LATE),
    "delivery.refused": ("reason", ReasonKind.REFUSED),
    "delivery.settled": ("outcome", ReasonKind.SETTLED),
    "stray-receipt.settled": ("outcome", ReasonKind.STRAY),
}
_DONE: Final[Mapping[str, str]] = {
    "call": "delivery-called",
    "foretell": "delivery-foretold",
    "away": "delivery-away",
    "address-wrong": "delivery-address-wrong",
    "correct": "delivery-corrected",
    "refused": "delivery-refused",
    "resume": "delivery-resumed",
    "reprint": "delivery-reprinted",
    "link": "delivery-link-sent",
    "switch": "delivery-switched",
    "reassign": "delivery-reassigned",
    "explain": "delivery-explained",
    "settle": "delivery-settled",
}


def declare(console: RoomConsole, deliveries: Deliveries) -> None:
    """Declare it."""
    acts, ceremony = Acts(deliveries), ReceiptCeremony(deliveries)

    @console.page("/open/<delivery>", to=READERS)
    def delivery_one(delivery: str) -> Response:
        return _shown(acts, delivery)

    @console.form("/open/<delivery>/sign", to=SELLERS)
    def delivery_sign_here(delivery: str) -> AnyResponse:
        who = caller()
        try:
            with deliveries.house.database.reading() as session:
                require_seen(session, who, delivery)
            envelope = ceremony.begin(delivery, by=who.member)
        except DeliveryRefused as refused:
            return _refused(acts, delivery, refused)
        return redirect(f"/console/envelopes/{envelope}/live", 303)

    @console.form("/open/<delivery>/strays/<stray>", to=READERS)
    def delivery_stray(delivery: str, stray: str) -> AnyResponse:
        try:
            settle_stray(deliveries, caller(), delivery, stray, request.form.get("outcome", ""))
        except DeliveryRefused as refused:
            return _refused(acts, delivery, refused)
        return done(f"{HERE}/{delivery}{kept_list()}", "delivery-stray-settled")

    @console.form("/open/<delivery>/<act>", to=READERS)
    def delivery_act(delivery: str, act: str) -> AnyResponse:
        todo = _asked(acts, caller(), delivery).get(act)
        if todo is None:
            return redirect(f"{HERE}/{delivery}", 303)
        try:
            todo()
        except DeliveryRefused as refused:
            return _refused(acts, delivery, refused)
        return done((HERE if act == "reassign" else f"{HERE}/{delivery}") + kept_list(), _DONE[act])


def _asked(acts: Acts, who: Caller, delivery: str) -> Mapping[str, Callable[[], None]]:
    """Return what each form of the page does with what was typed."""

    def typed(name: str) -> str:
        return request.form.get(name, "")

    return {
        "call": lambda: acts.call(who, delivery, typed("outcome"), typed("words"), typed("call")),
        "foretell": lambda: acts.foretell(who, delivery, typed("reason"), typed("day")),
        "away": lambda: acts.away(who, delivery, typed("day")),
        "address-wrong": lambda: acts.address_wrong(who, delivery),
        "correct": lambda: acts.correct(who, delivery, typed("phone"), typed("address")),
        "refused": lambda: acts.refused(who, delivery, typed("reason")),
        "resume": lambda: acts.resume(who, delivery),
        "reprint": lambda: acts.reprint(who, delivery, typed("reason")),
        "link": lambda: acts.send_link(who, delivery, _number(typed("seen"))),
        "switch": lambda: acts.switch(who, delivery),
        "reassign": lambda: acts.reassign(who, delivery, typed("salesperson")),
        "explain": lambda: acts.explain(who, delivery, typed("reason")),
        "settle": lambda: acts.settle(who, delivery, typed("outcome")),
    }


def _number(typed: str) -> int:
    """Return the number that a form brings along, -1 where it is none that the page wrote."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 4 else -1


def _refused(acts: Acts, delivery: str, refused: DeliveryRefused) -> Response:
    """Show the page again with what is the matter; what is out of sight is told by nobody."""
    if status_of(refused) == 404:
        raise refused
    return _shown(acts, delivery, said_of(refused), status_of(refused))


def _shown(acts: Acts, delivery: str, said: str | None = None, status: int = 200) -> Response:
    who, deliveries = caller(), acts.deliveries
    house, strays = deliveries.house, Strays(deliveries)
    with house.database.reading() as session:
        row = require_seen(session, who, delivery)
        state = deliveries.get(session, delivery)
        told = [
            event for stream in (delivery, *strays.all_of(session, delivery)) for event in read_stream(session, stream)
        ]
        story = [_step(session, deliveries, one) for one in sorted(told, key=lambda one: one.time)]
        values = {
            "row": row,
            "state": state,
            "moves": next_moves(state),
            "strays": strays.waiting(session, delivery, state),
            "note": _note(session, deliveries, row),
            "applicant": applicant_name(deliveries, session, row),
            "seller": member_name(session, house.records, row.salesperson),
            "sellers": [],
            "steps": list(reversed(story)),
        }
    today = day_of(house.clock())
    can = {kind.__name__: may(who, kind, state) for kind in ALLOWED}
    if can["Reassign"]:
        values["sellers"] = acts.sellers(who, delivery)
    return page(
        "delivery_one.html",
        status,
        **values,
        said=said,
        can=can,
        new_call=acts.new_call(),
        kept=kept_list(),
        can_settle_stray=may_settle(who, state),
        why=why_refused,
        can_sign=can["Sign"] and state.state in CAN_SIGN,
        is_own=row.salesperson == who.member,
        today=today,
        tomorrow=days_after(today, 1),
        after_due=days_after(state.due_on, 1),
        reasons={kind.value: load_reasons().on(kind, today) for kind in ReasonKind},
        states=STATES,
        owners=OWNERS,
        acts=ACTS,
        ways=WAYS,
        words_at_most=WORDS_AT_MOST,
        text=lambda one: words().choose(one.zh, one.en),
    )


def _note(session: Session, deliveries: Deliveries, row: DeliveryRow) -> Note | None:
    try:
        return note_of(session, deliveries.house, deliveries.get(session, row.id))
    except DeliveryRefused:
        return None


def _step(session: Session, deliveries: Deliveries, event: Event) -> Mapping[str, Any]:
    """Return what the page tells of an event: what, when, by whom, a reason, and words that were written."""
    by, note = event.payload.get("by"), event.payload.get("note") if event.type == "delivery.called" else None
    written = None
    if note is not None:
        try:
            written = deliveries.house.records.read(session, str(note)).decode()
        except RecordErased:
            written = ERASED_TEXT
    return {
        "said": EVENTS.get(event.type, event.type),
        "at": event.time,
        "by": None if by is None else member_name(session, deliveries.house.records, str(by)),
        "reason": _reason(event),
        "words": written,
    }


def _reason(event: Event) -> str | None:
    """Return why it came to this, or what is awaited since."""
    if event.type == "delivery.waited":
        _, act = WAITS[Waits(str(event.payload["waits_for"]))]
        return words().say(ACTS[act])
    member, kind = _REASONS.get(event.type, (None, None))
    return None if member is None or kind is None else reason_called(kind, str(event.payload[member]))
