"""The page on which people scan: a hand scanner types the code and presses Enter, or a telephone takes a picture.

One request for each scan. A module keeps what could not be sent and sends it later; without the module the same form
works by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import Response, jsonify, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from delivery.domain.values import CheckReason, ReprintReason
from delivery.errors import DeliveryRefused
from delivery.pages.paper_trade import PaperTrade
from delivery.pages.saying import said_of
from delivery.printing.acts import ASKED, AT_CENTRE, AT_OUTLET, AT_STOP, DONE, NAMES, Act
from delivery.printing.asking import Scan
from delivery.printing.earlier_prints import EarlierPrint
from delivery.printing.parcels import is_parcel, label_of, parcel_named
from delivery.printing.pictures import code_in
from delivery.printing.scanning import Scanned, Tone
from esign.public.console import N_, Access, Entry, Role, RoomConsole, caller, member_name, only, page, words
from esign.public.pictures import UPLOAD_AT_MOST

ENTRIES: Final[tuple[Entry, ...]] = ()
SENTENCES: Final[dict[str, str]] = {}
ROLES: Final = (Role.PRINTER, Role.CLERK)
_ASKED: Final = ("act", "code", "parcel", "salesperson", "reason", "apart")
AGAIN: Final = N_("已经扫过了，不用再扫")
REASONS: Final = {
    CheckReason.BARCODE: N_("条码读不出"),
    CheckReason.PAGES: N_("缺页"),
    CheckReason.PRINT: N_("印得不清"),
    CheckReason.BINDING: N_("装订不好"),
    CheckReason.CONTENT: N_("内容与清单不符"),
}

REPRINTS: Final = {
    ReprintReason.CHECK_FAILED: N_("因质检不通过重印"),
    ReprintReason.LOST: N_("因遗失重印"),
    ReprintReason.DAMAGED: N_("因破损重印"),
}


def declare(console: RoomConsole, trade: PaperTrade) -> None:
    """Declare them."""

    @console.page("/scan", to=only(*ROLES))
    def delivery_scan() -> Response:
        return _shown(trade, _asked(request.args))

    @console.form("/scan", to=only(*ROLES))
    def take_scan() -> AnyResponse:
        scan = _asked(request.form)
        return _answered(trade, scan, trade.scanning.take(caller(), scan))

    @console.form("/scan/picture", to=Access(roles=frozenset(ROLES), bytes_at_most=UPLOAD_AT_MOST))
    def take_picture() -> AnyResponse:
        scan, picture = _asked(request.form), request.files.get("picture")
        try:
            code = code_in(trade.house.pictures, b"" if picture is None else picture.stream.read(UPLOAD_AT_MOST + 1))
        except DeliveryRefused as refused:
            return _answered(trade, scan, Scanned(Tone.NO, scan.act, parcel=scan.parcel, refused=refused))
        read = Scan(scan.act, code, scan.parcel, scan.salesperson, scan.reason)
        return _answered(trade, read, trade.scanning.take(caller(), read))


def _asked(given: object) -> Scan:
    """Return the scan that a form or an address says; what is none of ours is as if it were not there."""
    told = {name: str(given.get(name, "")).strip() for name in _ASKED}  # type: ignore[attr-defined]
    acts = _acts()
    act = Act(told["act"]) if told["act"] in set(Act) else acts[0]
    reason = CheckReason(told["reason"]) if act is Act.FAIL and told["reason"] in set(CheckReason) else None
    parcel = told["parcel"] if act in (Act.PACK, Act.ARRIVE) and is_parcel(told["parcel"]) else ""
    person = told["salesperson"] if act is Act.HAND else ""
    apart = told["apart"] if act is Act.ARRIVE and is_parcel(told["apart"]) else ""
    return Scan(act, told["code"], parcel or None, person or None, reason, apart or None)


def _acts() -> tuple[Act, ...]:
    """Return the acts of the caller's roles, in the order of the work."""
    roles = caller().roles
    found: tuple[Act, ...] = ()
    if Role.PRINTER in roles:
        found += AT_CENTRE
    if Role.CLERK in roles:
        found += (*AT_OUTLET, *AT_STOP)
    return found


def _answered(trade: PaperTrade, scan: Scan, told: Scanned) -> AnyResponse:
    if request.accept_mimetypes.best == "application/json":
        return jsonify(_plain(trade, told))
    chosen = Scan(scan.act, "", told.parcel or scan.parcel, scan.salesperson, scan.reason)
    return _shown(trade, chosen, told)


def _plain(trade: PaperTrade, told: Scanned) -> dict[str, object]:
    """Return the answer as the module shows it."""
    title, text = _words_of(trade, told)
    with trade.house.database.reading() as session:
        missing = list(_missing(trade, session, told.act, told.parcel))
    return {
        "tone": told.tone.value,
        "title": title,
        "text": text,
        "code": told.policy or ("" if told.parcel is None else label_of(told.parcel)),
        "parcel": told.parcel or "",
        "label": "" if told.parcel is None else label_of(told.parcel),
        "missing": missing,
        "other": _other(told),
    }


def _other(told: Scanned) -> dict[str, str] | None:
    """Return the parcel on whose list the policy is, where it was refused for that; None otherwise."""
    if told.refused is None or told.refused.code != "scan-other-parcel":
        return None
    (label,) = told.refused.about
    return {"parcel": parcel_named(label) or "", "label": label}


def _missing(trade: PaperTrade, session: Session, act: Act, parcel: str | None) -> Sequence[str]:
    """Return what was not scanned yet of a parcel that comes to the caller's outlet; of any other, nothing."""
    if act is not Act.ARRIVE or parcel is None or not trade.parcels.comes_to(session, parcel, caller().institution):
        return ()
    return trade.desks.missing(session, parcel)


def _told_of(trade: PaperTrade, earlier: EarlierPrint) -> str:
    """Return what is to be done with an earlier print, who reported it and when, and which one counts."""
    with trade.house.database.reading() as session:
        by = "" if earlier.by is None else member_name(session, trade.house.records, earlier.by)
    return words().say(
        N_("第 %(copy)s 次打印的旧件：请收起销毁，不要送出。%(why)s，%(by)s%(when)s，以第 %(current)s 次打印为准。"),
        copy=earlier.copy,
        when=words().moment(earlier.at),
        by=f"{by} " if by else "",
        why=words().say(REPRINTS[earlier.reason]),
        current=earlier.current,
    )


def _words_of(trade: PaperTrade, told: Scanned) -> tuple[str, str]:
    """Return what is told of a scan: large, and the sentence below it."""
    if told.earlier is not None:
        return words().say(N_("旧件，已作废")), _told_of(trade, told.earlier)
    if told.refused is not None:
        return words().say(N_("没有登记")), said_of(told.refused)
    if told.tone is Tone.AGAIN:
        return words().say(AGAIN), ""
    if told.policy is None and told.act in (Act.PACK, Act.ARRIVE) and not told.policies:
        return words().say(N_("已选包裹")), words().say(N_("接着逐份扫描保单。"))
    text = words().say(N_("共 %(n)s 份"), n=told.policies) if told.policy is None else ""
    return words().say(DONE[told.act]), text


def _shown(trade: PaperTrade, scan: Scan, told: Scanned | None = None) -> Response:
    with trade.house.database.reading() as session:
        people = trade.desks.outlet(session, caller().institution).salespeople if scan.act is Act.HAND else ()
        missing = _missing(trade, session, scan.act, scan.parcel)
    return page(
        "delivery_scan.html",
        scan=scan,
        acts=_acts(),
        names=NAMES,
        asked=ASKED[scan.act],
        told=None if told is None else _plain(trade, told),
        people=people,
        missing=missing,
        reasons=REASONS,
        label=None if scan.parcel is None else label_of(scan.parcel),
        at_centre=scan.act in AT_CENTRE,
    )
