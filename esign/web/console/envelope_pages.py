"""Envelopes in the console: the list with what is searched and chosen, one of them, and what it leads to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from flask import Response, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.values import ENDS, EnvelopeState
from esign.ceremony.models import RecipientRow
from esign.desk.acts import Act, may
from esign.desk.details import READERS, Detail
from esign.desk.evidence import LOOKERS, OPENERS
from esign.desk.exports import EXPORTERS
from esign.desk.out_of_sight import out_of_sight
from esign.desk.work import WORKERS
from esign.infra.ids import is_id
from esign.staff.domain.approvals import ApprovalState
from esign.staff.domain.roles import ApprovalKind, Role
from esign.web.console import envelope_words as said
from esign.web.console.access import Console, only
from esign.web.console.callers import caller
from esign.web.console.chosen_envelopes import choice_in, day_in, place_text, wanted_in
from esign.web.console.console_services import ConsoleServices
from esign.web.console.searched import seal_words
from esign.web.console.timeline_words import tell
from esign.web.files import pdf, picture
from esign.web.rendering import page, words

SEES_ENVELOPES: Final = only(*Role)


def declare_envelope_pages(console: Console, services: ConsoleServices) -> None:
    """Declare the list, the detail, and what is downloaded from it."""
    desk, keys = services.desk, services.service.ports.keys

    def member_name(member: str) -> str:
        with desk.sight.database.reading() as session:
            return desk.sight.member(session, member)

    console.jinja_env.globals.update(
        states=said.STATES,
        person_states=said.PERSON_STATES,
        role_names=said.ROLES,
        hindrance=lambda code: said.hindrance_of(words(), code),
        reason=lambda code: said.reason_of(words(), code),
        short=_short,
        member_name=member_name,
    )

    @console.page("/envelopes", to=SEES_ENVELOPES)
    def envelopes() -> AnyResponse:
        who, wanted = caller(), wanted_in(request.args, keys, caller())
        listed = desk.lists.page(who, wanted)
        with desk.sight.database.reading() as session:
            institutions = desk.sight.institutions(session, who)
        return page(
            "console_envelopes.html",
            listed=listed,
            wanted=wanted,
            institutions=institutions,
            typed=wanted.words,
            days={name: day_in(request.args, name) for name in ("since", "until")},
            address=_list_address,
            place=place_text,
            export=_export_address() if _may_export() else None,
            next_of=lambda line: said.next_of(words(), line.next, words().moment(line.expires_at)),
            may_retry=may(who, Act.RETRY_SEAL),
        )

    @console.form("/envelopes", to=SEES_ENVELOPES)
    def find_envelopes() -> AnyResponse:
        find = seal_words(keys, caller(), request.form.get("words", ""))
        typed = choice_in({**request.form, "find": find, "state": request.args.get("state", "")})
        return redirect(_address("envelopes", typed), 303)

    @console.page("/envelopes/<envelope>", to=SEES_ENVELOPES)
    def envelope(envelope: str) -> AnyResponse:
        return envelope_page(services, envelope)

    @console.page("/envelopes/of/<recipient>", to=SEES_ENVELOPES)
    def envelope_of(recipient: str) -> AnyResponse:
        with desk.sight.database.reading() as session:
            home = session.scalar(select(RecipientRow.envelope).where(RecipientRow.id == recipient))
            desk.sight.row(session, caller(), home or "")  # somebody's of out of reach is as nobody
        return redirect(url_for("envelope", envelope=home), 303)

    @console.page("/envelopes/<envelope>/documents/<document>/original.pdf", to=SEES_ENVELOPES)
    def original_document(envelope: str, document: str) -> Response:
        found = desk.details.document(caller(), envelope, document, sealed=False)
        return pdf(found.content, found.name, found.sha256)

    @console.page("/envelopes/<envelope>/documents/<document>/sealed.pdf", to=SEES_ENVELOPES)
    def sealed_document(envelope: str, document: str) -> Response:
        found = desk.details.document(caller(), envelope, document, sealed=True)
        return pdf(found.content, found.name, found.sha256)

    @console.page("/envelopes/<envelope>/documents/<document>/report.json", to=SEES_ENVELOPES)
    def document_report(envelope: str, document: str) -> Response:
        response = Response(desk.details.report(caller(), envelope, document), content_type="application/json")
        response.headers["Content-Disposition"] = f'attachment; filename="{document}-report.json"'
        return response

    @console.page("/envelopes/<envelope>/certificate.pdf", to=SEES_ENVELOPES)
    def completion_certificate(envelope: str) -> Response:
        found = desk.completion.file(caller(), envelope)
        return pdf(found.content, found.name, found.sha256)

    @console.page("/envelopes/<envelope>/proof", to=SEES_ENVELOPES)
    def envelope_proof(envelope: str) -> Response:
        event, proof = desk.details.proof(caller(), envelope)
        response = Response(proof, content_type="text/plain; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{event}.tlog-proof"'
        return response

    @console.page("/envelopes/<envelope>/recipients/<recipient>/handwriting.png", to=SEES_ENVELOPES)
    def ink(envelope: str, recipient: str) -> Response:
        return picture(desk.evidence.handwriting(caller(), envelope, recipient), "image/png")

    @console.page("/envelopes/<envelope>/recipients/<recipient>/photo.jpg", to=SEES_ENVELOPES)
    def face(envelope: str, recipient: str) -> Response:
        return picture(desk.evidence.photo(caller(), envelope, recipient), "image/jpeg")

    @console.page("/envelopes/<envelope>/recipients/<recipient>/manifest.json", to=SEES_ENVELOPES)
    def manifest(envelope: str, recipient: str) -> Response:
        content = desk.evidence.manifest(caller(), envelope, recipient)
        json.loads(content)  # never anything else
        response = Response(content, content_type="application/json")
        response.headers["Content-Disposition"] = f'attachment; filename="{recipient}-manifest.json"'
        return response


def envelope_page(services: ConsoleServices, envelope: str, status: int = 200, **values: object) -> Response:
    """Return the page of an envelope. Raises `Refusal` (`no-envelope`)."""
    desk, who = services.desk, caller()
    if not is_id("env", envelope):
        raise refusal("no-envelope")
    detail = desk.details.get(who, envelope, now=services.clock())
    return page(
        "console_envelope.html",
        status,
        one=detail,
        completion=desk.completion.get(who, envelope),
        told=[tell(words(), happening) for happening in detail.happenings],
        proposals={one.id: desk.changes.proposal(who, envelope, one.id) for one in detail.asked},
        sees_ink=not LOOKERS.isdisjoint(who.roles),
        sees_photo=desk.evidence.shows_photo(who, envelope),
        reads=not READERS.isdisjoint(who.roles),
        opens=not OPENERS.isdisjoint(who.roles),
        asks_evidence=any(one.is_own and one.kind == ApprovalKind.OPEN_EVIDENCE for one in detail.asked),
        open_until=desk.evidence.open_until(who, envelope),
        hidden=out_of_sight(desk.sight, desk.evidence, who, envelope),
        exports=_may_export() and detail.state in ENDS,
        reads_exports=_may_export(),
        redelivers=not WORKERS.isdisjoint(who.roles),
        is_held={move.act for move in detail.moves} == {"review-signal"},
        can={act.name.lower(): _can(detail, act) and may(who, act) for act in Act} | {"send_live": may(who, Act.SEND)},
        approved=ApprovalState.APPROVED,
        evidence_names=said.EVIDENCE,
        placements=said.PLACEMENTS,
        verdicts=said.VERDICTS,
        ending=said.reason_of(words(), _ending(detail)),
        **values,
    )


def _can(detail: Detail, act: Act) -> bool:
    """Tell whether the envelope stands where this act makes sense."""
    open_states = {EnvelopeState.DRAFT, EnvelopeState.IN_PROGRESS, EnvelopeState.SEALING, EnvelopeState.SEAL_FAILED}
    return (
        detail.state
        in {
            Act.SEND: {EnvelopeState.DRAFT},
            Act.REMIND: {EnvelopeState.IN_PROGRESS},
            Act.VOID: open_states,
            Act.RETRY_SEAL: {EnvelopeState.SEAL_FAILED},
            Act.CHANGE_PEOPLE: {EnvelopeState.DRAFT, EnvelopeState.IN_PROGRESS},
            Act.STATE_FACE: {EnvelopeState.IN_PROGRESS},
            Act.HAND_OVER: {EnvelopeState.IN_PROGRESS},
        }[act]
    )


def _ending(detail: Detail) -> str | None:
    declined = next((one.declined for one in detail.recipients if one.declined), None)
    return declined or detail.ending


def _list_address(**changes: str) -> str:
    """Return the address of the list as it is looked at, with these changes."""
    kept = {**choice_in(request.args), "after": request.args.get("after", "")}
    return _address("envelopes", {**kept, **changes})


def _export_address() -> str:
    """Return the address at which all that is found is exported."""
    return _address("new_export", choice_in(request.args))


def _address(view: str, choice: Mapping[str, str]) -> str:
    chosen = {name: value for name, value in choice.items() if value}
    return f"{url_for(view)}?{urlencode(chosen)}" if chosen else url_for(view)


def _may_export() -> bool:
    return not EXPORTERS.isdisjoint(caller().roles)


def _short(identifier: str) -> str:
    """Return an id or a digest by its beginning and end."""
    prefix, _, rest = identifier.rpartition("_")
    return f"{prefix}_…{rest[-6:]}" if prefix else f"{identifier[:4]}…{identifier[-4:]}"
