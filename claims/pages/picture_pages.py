"""The pictures of a claim at the console: looked at by whoever sees the claim, taken by surveyors and handlers too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from claims.domain import commands as c
from claims.domain.refusal import refusal as domain_refusal
from claims.errors import ClaimRefused
from claims.handling.allowed import require_allowed
from claims.handling.sight import require_seen
from claims.pages import words as w
from claims.pages.list_pages import HERE, READERS
from claims.pages.showing import Showing
from claims.pages.tool_pages import shown_tool
from claims.pictures.store import Pictures
from claims.service.office import Office
from claims.tools.tool import USERS, Tool
from esign.public.console import N_, Access, Entry, RoomConsole, caller, done, staff_actor, words
from esign.public.pictures import UPLOAD_AT_MOST, QuarantineFailed

ENTRIES: Final[tuple[Entry, ...]] = ()
SENTENCES: Final[Mapping[str, str]] = {"claims-picture-taken": N_("照片已收下。")}
TOO_LARGE: Final = N_("照片太大了。请换一张 15 MB 以内的。")
UNREADABLE: Final = N_("照片没有读出来，请再拍一张。")
_TAKERS: Final = Access(roles=USERS[Tool.IMAGING], bytes_at_most=UPLOAD_AT_MOST)


def declare(console: RoomConsole, office: Office) -> None:
    """Declare them."""
    pictures, showing = Pictures(office), Showing(office)

    @console.page("/<claim>/pictures/<picture>", to=READERS)
    def claims_picture(claim: str, picture: str) -> AnyResponse:
        with office.house.database.reading() as session:
            require_seen(session, caller(), claim)
            if pictures.find(session, claim, picture) is None:
                raise domain_refusal("no-picture")
            content = pictures.read(session, picture)
        return AnyResponse(content, mimetype="image/jpeg", headers={"Cache-Control": "private, no-store"})

    @console.form("/<claim>/pictures", to=_TAKERS)
    def claims_take_picture(claim: str) -> AnyResponse:
        who = caller()
        try:
            upload = request.files.get("picture")
            slot = request.form.get("slot", "")
            content = b"" if upload is None else upload.stream.read(UPLOAD_AT_MOST + 1)
            with office.house.database.reading() as session:
                require_seen(session, who, claim)
                require_allowed(who, c.AddPicture, office.get(session, claim))
            taken = pictures.take(claim, slot, content, actor=staff_actor(who.member), by=who.member)
        except RequestEntityTooLarge:
            return shown_tool(office, showing, claim, Tool.IMAGING, said=words().say(TOO_LARGE), status=413)
        except QuarantineFailed:
            return shown_tool(office, showing, claim, Tool.IMAGING, said=words().say(UNREADABLE), status=422)
        except ClaimRefused as refusal:
            if w.status_of(refusal) == 404:
                raise
            return shown_tool(
                office, showing, claim, Tool.IMAGING, said=w.said_of(refusal), status=w.status_of(refusal)
            )
        if taken.refused is not None:
            return shown_tool(office, showing, claim, Tool.IMAGING, said=w.text_of(taken.refused), status=422)
        return done(f"{HERE}/{claim}/{Tool.IMAGING.value}", "claims-picture-taken")
