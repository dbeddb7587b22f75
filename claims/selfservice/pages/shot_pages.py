"""Guided photographs: one at a time, judged at once, with the reason where it cannot be used; then handed in."""

from __future__ import annotations

from typing import Any, Final

from flask import Response as Plain
from flask import jsonify, redirect, request
from werkzeug.wrappers import Response

from claims.errors import ClaimRefused
from claims.pictures.judging import MARKED
from claims.pictures.slots import SLOTS
from claims.pictures.store import Pictures, Taken
from claims.selfservice.filing import ACTOR
from claims.selfservice.pages.saying import is_claim, said_of, text
from claims.selfservice.standing import by_phone
from claims.selfservice.surveying import PLATE_AT_MOST, Shots, Surveying
from claims.service.office import Office
from esign.public.pages import N_, Allowance, LinkedPages, Visitor, wants_json, words
from esign.public.people import RecordErased
from esign.public.pictures import UPLOAD_AT_MOST, QuarantineFailed

_UPLOADS: Final = Allowance("claims-photographs", 120, 60)
_NONE: Final = N_("还没有选照片。请拍一张，或者选一张。")
_SLOWLY: Final = N_("传得太快了。请过几分钟再传，前面的都已收好。")
_BUSY: Final = N_("这张照片暂时看不了。请过一分钟再传一次，前面的都已收好。")


class ShotPages:
    """Shows what to photograph, and takes it."""

    def __init__(self, pages: LinkedPages, office: Office) -> None:
        self._pages = pages
        self._office = office
        self._pictures = Pictures(office)
        self._surveying = Surveying(office)

    def declare(self) -> None:
        """Declare them."""
        pages = self._pages

        @pages.page("/shots")
        def claims_shots(visitor: Visitor) -> Response:
            shots = self._shots(visitor)
            if shots is None:
                return redirect(_home(visitor), 303)
            marked = _marks_of(shots) if shots.next is None else []
            return self._show(visitor, shots, None if shots.next is None else shots.next.code, marked=marked)

        @pages.page("/shots/<slot>")
        def claims_shot(visitor: Visitor, slot: str) -> Response:
            shots = self._shots(visitor)
            if shots is None or slot not in {one.code for one in shots.wanted}:
                return redirect(_home(visitor), 303)
            return self._show(visitor, shots, slot)

        @pages.form("/shots/<slot>", brings=UPLOAD_AT_MOST)
        def claims_take_shot(visitor: Visitor, slot: str) -> Response:
            shots = self._shots(visitor)
            if shots is None or slot not in SLOTS:
                return _lead(_home(visitor))
            return self._take(visitor, shots, slot)

        @pages.page("/pictures/<picture>")
        def claims_picture(visitor: Visitor, picture: str) -> Response:
            jpeg = self._picture(visitor, picture) if is_claim(visitor) and pages.knows(visitor) else None
            if jpeg is None:
                return redirect(_home(visitor), 303)
            return Plain(jpeg, mimetype="image/jpeg", headers={"Cache-Control": "private, no-store"})

        @pages.form("/survey")
        def claims_hand_in(visitor: Visitor) -> Response:
            shots = self._shots(visitor)
            if shots is None:
                return redirect(_home(visitor), 303)
            plate, anyway = request.form.get("plate", "").strip()[:PLATE_AT_MOST], request.form.get("anyway") == "yes"
            try:
                self._surveying.hand_in(visitor.subject, plate, anyway=anyway)
            except ClaimRefused as refused:
                there, differs = None if shots.next is None else shots.next.code, refused.code == "plate-differs"
                return self._show(visitor, shots, there, 409, said=said_of(refused), plate=plate, anyway=differs)
            return redirect(_home(visitor), 303)

    def _shots(self, visitor: Visitor) -> Shots | None:
        """How far the photographs are; None where none are wanted from this visitor now."""
        if not is_claim(visitor) or not self._pages.knows(visitor):
            return None
        with self._office.house.database.reading() as session:
            state = self._office.get(session, visitor.subject)
            return self._surveying.shots(session, visitor.subject, state) if by_phone(state) else None

    def _take(self, visitor: Visitor, shots: Shots, slot: str) -> Response:
        file = request.files.get("photo")
        upload = b"" if file is None else file.stream.read()
        if not upload:
            return self._refuse(visitor, shots, slot, words().say(_NONE), 422)
        if not self._pages.may(_UPLOADS, visitor.subject):
            return self._refuse(visitor, shots, slot, words().say(_SLOWLY), 429)
        try:
            taken = self._pictures.take(visitor.subject, slot, upload, actor=ACTOR)
        except ClaimRefused as refused:
            return self._refuse(visitor, shots, slot, said_of(refused), 409)
        except QuarantineFailed:
            return self._refuse(visitor, shots, slot, words().say(_BUSY), 422)
        if taken.refused is not None:
            return self._refuse(visitor, shots, slot, text(taken.refused), 422)
        return self._accept(visitor, slot, taken)

    def _refuse(self, visitor: Visitor, shots: Shots, slot: str, said: str, status: int) -> Response:
        if not wants_json():
            return self._show(visitor, shots, slot, status, said=said)
        answer: Response = jsonify(said=said)
        answer.status_code = status
        return answer

    def _accept(self, visitor: Visitor, slot: str, taken: Taken) -> Response:
        marked = [] if taken.picture is None else [text(MARKED[one]) for one in taken.picture.marks]
        there = f"{_home(visitor)}/shots"
        if not marked:
            return _lead(there)
        if wants_json():
            return jsonify(marked=marked, next=there)
        shots = self._shots(visitor)
        return redirect(there, 303) if shots is None else self._show(visitor, shots, slot, marked=marked)

    def _show(self, visitor: Visitor, shots: Shots, slot: str | None, status: int = 200, **values: Any) -> Response:
        wanted = SLOTS[slot] if slot is not None else None
        given: dict[str, Any] = {
            "shots": shots,
            "slot": wanted,
            "numbers": {one.code: number for number, one in enumerate(shots.wanted, 1)},
            "further": next((one for one in shots.left if one is not wanted), None),
            "text": text,
            "said": None,
            "marked": [],
            "plate": "",
            "anyway": False,
        }
        return self._pages.show("phone_shot.html", visitor, status, **{**given, **values})

    def _picture(self, visitor: Visitor, picture: str) -> bytes | None:
        try:
            with self._office.house.database.reading() as session:
                found = self._pictures.find(session, visitor.subject, picture)
                return None if found is None else self._pictures.read(session, picture)
        except RecordErased:
            return None


def _home(visitor: Visitor) -> str:
    return f"/r/claims/{visitor.link}"


def _lead(there: str) -> Response:
    return jsonify(next=there) if wants_json() else redirect(there, 303)


def _marks_of(shots: Shots) -> list[str]:
    kept = [shots.there[one.code] for one in shots.wanted if one.code in shots.there]
    return [text(MARKED[mark]) for mark in dict.fromkeys(mark for one in kept for mark in one.marks)]
