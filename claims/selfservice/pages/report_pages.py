"""The report by an invitation: a few questions on one page, answers ready; a second report of one event is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import jsonify, redirect, request
from werkzeug.wrappers import Response

from claims.domain.values import ReportWay
from claims.errors import ClaimRefused
from claims.loss_report import LossReport
from claims.selfservice.filing import CAUSES, ESTIMATES, Draft, Filing, read_draft, ready
from claims.selfservice.pages.identifying import who
from claims.selfservice.pages.saying import is_invitation, said_of, text
from claims.service.office import Office
from esign.public.pages import PERMISSIONS_AND_PLACE, LinkedPages, Visitor, wants_json


class ReportPage:
    """Shows and takes reports."""

    def __init__(self, pages: LinkedPages, office: Office) -> None:
        self._pages = pages
        self._database = office.house.database
        self._filing = Filing(office)

    def show(self, visitor: Visitor) -> Response:
        """Return the questions, or the way to the claim that was reported already."""
        if not self._pages.knows(visitor):
            return who(self._pages, visitor)
        with self._database.reading() as session:
            row = self._filing.invitation(session, visitor.subject)
            now, claim, person = self._filing.now(session, row), row.claim, row.person
        if claim is not None:
            return self._onward(claim, person)
        return self._questions(visitor, ready(now), {})

    def declare(self) -> None:
        """Declare what the form does."""

        @self._pages.form("/links")
        def claims_links(visitor: Visitor) -> Response:
            if not is_invitation(visitor) or not self._pages.knows(visitor):
                return redirect(f"/r/claims/{visitor.link}", 303)
            return redirect(f"/r/claims/{visitor.link}?links={self._filing.send_links(visitor.subject)}", 303)

        @self._pages.form("/report")
        def claims_report(visitor: Visitor) -> Response:
            if not is_invitation(visitor) or not self._pages.knows(visitor):
                return redirect(f"/r/claims/{visitor.link}", 303)
            return self._take(visitor)

    def _take(self, visitor: Visitor) -> Response:
        with self._database.reading() as session:
            row = self._filing.invitation(session, visitor.subject)
            claim, person = row.claim, row.person
            draft = read_draft(
                request.form, self._filing.policy(session, row), ReportWay(row.way), self._filing.now(session, row)
            )
            same = [] if draft.report is None else self._filing.same_event(session, row, draft.report.occurred_at)
            told = [(one.id, one.occurred_at) for one in same]
        if claim is not None:
            return self._onward(claim, person)
        if draft.report is None:
            return self._wrong(visitor, draft)
        if told and draft.typed["anyway"] != "yes":
            if wants_json():
                return jsonify(again=True)
            return self._questions(visitor, draft.typed, {}, same=told, status=409)
        return self._file(visitor, draft.typed, draft.report, person)

    def _file(self, visitor: Visitor, typed: Mapping[str, str], report: LossReport, person: str) -> Response:
        try:
            return self._onward(self._filing.file(visitor.subject, report), person)
        except ClaimRefused as refused:
            if not wants_json():
                return self._questions(visitor, typed, {}, said=said_of(refused), status=409)
            answer: Response = jsonify(said=said_of(refused))
            answer.status_code = 409
            return answer

    def _wrong(self, visitor: Visitor, draft: Draft) -> Response:
        wrong = {name: text(one) for name, one in draft.wrong.items()}
        if wants_json():
            answer: Response = jsonify(wrong=wrong)
            answer.status_code = 422
            return answer
        return self._questions(visitor, draft.typed, wrong, status=422)

    def _questions(
        self, visitor: Visitor, typed: Mapping[str, str], wrong: Mapping[str, str], status: int = 200, **values: Any
    ) -> Response:
        given = {"typed": typed, "wrong": wrong, "causes": CAUSES, "estimates": ESTIMATES, "text": text}
        with self._database.reading() as session:
            running = self._filing.running(session, self._filing.invitation(session, visitor.subject))
        sent = request.args.get("links", "") not in ("", "0")
        begun = {"running": running, "links_sent": sent, "tail": visitor.person.phone[-4:]}
        shown = {"same": [], "said": None, "insured": visitor.person.name, **begun, **values}
        answer = self._pages.show("phone_report.html", visitor, status, **given, **shown)
        answer.headers["Permissions-Policy"] = PERMISSIONS_AND_PLACE  # by a button, and only if the browser is allowed
        return answer

    def _onward(self, claim: str, person: str) -> Response:
        """Lead on to the claim: who reported it here is known there."""
        there = self._pages.address(claim, person)
        response: Response = jsonify(next=there) if wants_json() else redirect(there, 303)
        return self._pages.arrive(response, claim, person)
