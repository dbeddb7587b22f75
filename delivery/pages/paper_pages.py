"""A receipt on paper at the pages: the salesperson photographs it, a clerk compares it with the facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from delivery.chasing.sight import require_seen
from delivery.codes import status_of
from delivery.domain.clocks import day_of
from delivery.domain.refusal import refusal
from delivery.domain.values import RejectReason
from delivery.errors import DeliveryRefused
from delivery.pages.open_pages import HERE
from delivery.pages.words import REJECTS, said_of
from delivery.paper.receipts import JPEG, Barcode, PaperReceipts
from delivery.service.deliveries import Deliveries
from esign.public.console import N_, Access, Entry, Role, RoomConsole, caller, done, member_name, only, page
from esign.public.pictures import UPLOAD_AT_MOST

ENTRIES: Final[tuple[Entry, ...]] = ()
SENTENCES: Final[Mapping[str, str]] = {
    "delivery-photographed": N_("照片已收到，等网点内勤核对。"),
    "delivery-accepted": N_("回执已通过，保单签收完成。"),
    "delivery-rejected": N_("已退回，业务员会看到原因。"),
    "delivery-compared-already": N_("现在没有照片等您核对：已经有人核对过，或者换了一张。"),
}
SELLER: Final = frozenset({Role.SALES})
CLERKS: Final = only(Role.CLERK)
LOOKERS: Final = only(Role.CLERK, Role.SALES, Role.SUPERVISOR, Role.OPERATIONS)
FIELD: Final = "picture"


def declare(console: RoomConsole, deliveries: Deliveries) -> None:
    """Declare them."""
    paper = PaperReceipts(deliveries)

    def photo_page(delivery: str, said: str | None = None, status: int = 200) -> Response:
        with deliveries.house.database.reading() as session:
            row = require_seen(session, caller(), delivery)
            state = deliveries.get(session, delivery)
        today = day_of(deliveries.house.clock())
        typed = request.form.get("day", "")
        return page("delivery_photo.html", status, row=row, state=state, said=said, today=today, typed=typed)

    @console.page("/open/<delivery>/photo", to=only(Role.SALES))
    def delivery_photo(delivery: str) -> Response:
        return photo_page(delivery)

    @console.form("/open/<delivery>/photo", to=Access(roles=SELLER, bytes_at_most=UPLOAD_AT_MOST))
    def delivery_photograph(delivery: str) -> AnyResponse:
        sent = request.files.get(FIELD)
        upload = sent.stream.read(UPLOAD_AT_MOST + 1) if sent is not None else b""
        try:
            paper.photograph(caller(), delivery, upload, _day(request.form.get("day", "")))
        except DeliveryRefused as refused:
            if status_of(refused) == 404:
                raise
            return photo_page(delivery, said_of(refused), status_of(refused))
        return done(f"{HERE}/{delivery}", "delivery-photographed")

    def compare_page(delivery: str, said: str | None = None, status: int = 200) -> Response:
        one = paper.comparison(caller(), delivery)
        with deliveries.house.database.reading() as session:
            by = member_name(session, deliveries.house.records, one.by)
        return page(
            "delivery_compare.html",
            status,
            one=one,
            by=by,
            said=said,
            matches=one.barcode is Barcode.MATCHES,
            reasons=[(reason.value, REJECTS[reason]) for reason in RejectReason],
        )

    @console.page("/open/<delivery>/compare", to=CLERKS)
    def delivery_compare(delivery: str) -> AnyResponse:
        try:
            return compare_page(delivery)
        except DeliveryRefused as refused:
            if refused.code != "delivery-no-photo":
                raise
            return done(f"{HERE}/{delivery}", "delivery-compared-already")

    @console.page("/open/<delivery>/pictures/<picture>", to=LOOKERS)
    def delivery_picture(delivery: str, picture: str) -> AnyResponse:
        content = paper.picture(caller(), delivery, picture)
        return AnyResponse(content, mimetype=JPEG, headers={"Cache-Control": "private, no-store"})

    @console.form("/open/<delivery>/compare", to=CLERKS)
    def delivery_compared(delivery: str) -> AnyResponse:
        picture, verdict = request.form.get(FIELD, ""), request.form.get("verdict", "")
        try:
            if verdict == "accept":
                paper.accept(caller(), delivery, picture)
            else:
                paper.reject(caller(), delivery, picture, request.form.get("reason", ""))
        except DeliveryRefused as refused:
            if status_of(refused) == 404:
                raise
            if refused.code == "delivery-no-photo":  # somebody was quicker: the page of the policy says with what
                return done(f"{HERE}/{delivery}", "delivery-compared-already")
            return compare_page(delivery, said_of(refused), status_of(refused))
        return done(HERE, "delivery-accepted" if verdict == "accept" else "delivery-rejected")


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise refusal("delivery-day-missing") from None
