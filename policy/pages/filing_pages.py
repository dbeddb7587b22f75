"""The salesperson files the recording of their sale (双录): digest, length, and what of the checklist was done."""

from __future__ import annotations

import re
from typing import Final

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from esign.public.console import N_, RoomConsole, caller, done, name_of, page, words
from policy.domain.refusal import refusal
from policy.errors import PolicyRefused
from policy.pages.draft_pages import HERE, WRITERS
from policy.pages.sales_desk import SalesDesk
from policy.products.checklists import load_checklists
from policy.service.recordings import Filed, Recordings

_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MINUTES_AT_MOST: Final = 24 * 60


def declare_filing_pages(console: RoomConsole, desk: SalesDesk) -> None:
    """Declare them."""
    recordings = Recordings(desk.office)

    @console.page("/proposals/<proposal>/recording", to=WRITERS)
    def filing_recording(proposal: str) -> Response:
        desk.own(caller(), proposal)
        return _form(desk, proposal)

    @console.form("/proposals/<proposal>/recording", to=WRITERS)
    def file_recording(proposal: str) -> AnyResponse:
        who = caller()
        desk.own(who, proposal)
        digest, minutes = (request.form.get(name, "").strip().lower() for name in ("digest", "minutes"))
        if not _DIGEST.fullmatch(digest):
            return _form(
                desk, proposal, words().say(N_("文件摘要应为 64 位十六进制数字。请选择文件，或者从录制系统复制。")), 422
            )
        if not (minutes.isascii() and minutes.isdigit() and 1 <= int(minutes[:5]) <= _MINUTES_AT_MOST):
            return _form(desk, proposal, words().say(N_("时长应为 1 至 1440 分钟。请按录像填写。")), 422)
        checklist = load_checklists()[-1]
        seen = tuple(item.id for item in checklist.items if item.id in request.form.getlist("done"))
        filed = Filed(digest, int(minutes) * 60, checklist.version, seen)
        try:
            recordings.add(proposal, filed, actor=name_of(who))
        except PolicyRefused as refused:
            return _form(desk, proposal, words().choose(refused.zh, refused.en), 409)
        return done(f"{HERE}/{proposal}", "recording-filed")


def _form(desk: SalesDesk, proposal: str, trouble: str | None = None, status: int = 200) -> Response:
    with desk.office.house.database.reading() as session:
        state = desk.office.get(session, proposal)
    if not state.recording_wanted:
        raise refusal("recording-reviewed")
    items = load_checklists()[-1].items
    values = {"proposal": proposal, "items": items, "typed": request.form, "trouble": trouble}
    return page("sales_recording.html", status, **values)
