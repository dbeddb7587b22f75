"""Papers that were asked for are photographed and sent, one at a time, wherever the claim stands."""

from __future__ import annotations

from typing import Final

from flask import redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from claims.domain import Claim
from claims.domain import commands as c
from claims.domain.refusal import refusal
from claims.errors import ClaimRefused
from claims.pictures.slots import FURTHER
from claims.pictures.store import Pictures
from claims.selfservice.filing import ACTOR
from claims.selfservice.pages.claim_page import ClaimPage
from claims.selfservice.pages.saying import is_claim, said_of, text
from claims.selfservice.papers import papers_of
from claims.service.office import Office
from esign.public.pages import N_, Allowance, LinkedPages, Visitor, words
from esign.public.pictures import UPLOAD_AT_MOST, QuarantineFailed
from esign.public.rows import new_id
from esign.public.values import encode_canonical

RECORD: Final = "pap"
_UPLOADS: Final = Allowance("claims-papers", 60, 60)
_NONE: Final = N_("还没有选照片。请拍一张，或者选一张。")
_SLOWLY: Final = N_("传得太快了。请过几分钟再传，前面的都已收好。")
_BUSY: Final = N_("这张照片暂时看不了。请过一分钟再传一次，前面的都已收好。")


def declare_papers(pages: LinkedPages, office: Office, claims: ClaimPage) -> None:
    """Declare them."""
    pictures = Pictures(office)

    @pages.form("/papers/<paper>", brings=UPLOAD_AT_MOST)
    def claims_paper(visitor: Visitor, paper: str) -> Response:
        home = redirect(f"/r/claims/{visitor.link}", 303)
        if not is_claim(visitor) or not pages.knows(visitor):
            return home
        file = request.files.get("photo")
        upload = b"" if file is None else file.stream.read()
        if not upload or not pages.may(_UPLOADS, visitor.subject):
            return claims.standing(visitor, 422, words().say(_SLOWLY if upload else _NONE))
        said = take(visitor.subject, paper, upload)
        return home if said is None else claims.standing(visitor, 422, said)

    def take(claim: str, paper: str, upload: bytes) -> str | None:
        """Take a paper in; return why it cannot be used, in words, None where it is there."""
        try:
            with office.house.database.reading() as session:
                if paper not in papers_of(office.get(session, claim)):
                    raise refusal("paper-not-missing", (paper[:40],))  # and no picture is kept of it
            taken = pictures.take(claim, FURTHER.code, upload, actor=ACTOR)
            if taken.refused is not None or taken.picture is None:
                return None if taken.refused is None else text(taken.refused)
            told = encode_canonical({"paper": paper, "picture": taken.picture.id})

            def command(session: Session, state: Claim) -> c.Command:
                now = office.now(session, state)
                record = new_id(RECORD, now)
                office.house.records.keep(session, record, "paper", told, at=now)
                return c.RecordPapers(at=now, items=(paper,), record=record)

            office.change(claim, command, actor=ACTOR)
        except ClaimRefused as refused:
            return said_of(refused)
        except QuarantineFailed:
            return words().say(_BUSY)
        return None
