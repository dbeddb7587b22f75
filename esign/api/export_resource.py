"""Exports as a resource: a client asks for bundles of its own envelopes, watches them made, and fetches the file.

An export is made by the workers, one bundle after the other, whatever becomes of this process. That it was asked for,
and why, is in the trail before anything of it is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.api.call import Call, Reply
from esign.api.envelope_examples import ENVELOPE_ID
from esign.api.envelope_search import Moment
from esign.api.errors import ApiError, Issue
from esign.api.json_body import Body
from esign.api.operations import Resource
from esign.api.scopes import Scope
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.values import ENDS
from esign.ceremony.models import EnvelopeRow
from esign.exports.errors import ExportError
from esign.exports.exports import ENVELOPES_AT_MOST, RUNNING_AT_MOST, Export, ExportState
from esign.infra.database import JsonValue
from esign.service import Service

BUNDLE_TYPE: Final = "application/vnd.etsi.asic-e+zip"
SET_TYPE: Final = "application/zip"
_PROBLEMS: Final = ("no-export",)
_EXAMPLE: Final[dict[str, JsonValue]] = {
    "id": "exp_01k9x7m2qv8w3c5t6r4n0b1d2e",
    "state": "done",
    "reason": "court-request",
    "total": 2,
    "ended": 2,
    "failed": 1,
    "problems": [{"envelope": ENVELOPE_ID, "code": "record-erased"}],
    "created_at": "2026-11-26T10:00:00Z",
    "finished_at": "2026-11-26T10:00:03Z",
    "expires_at": "2026-11-27T10:00:03Z",
}

EnvelopeId = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class ExportFilter(Body):
    """Which of your envelopes that are over. What is given must all hold."""

    state: Literal["completed", "declined", "expired", "voided"] | None = Field(None, description="How it ended.")
    created_after: Moment | None = Field(None, description="Made at this time or later.")
    created_before: Moment | None = Field(None, description="Made before this time.")
    salesperson: str | None = Field(None, max_length=80, description="Whose envelopes they are.")


class ExportBody(Body):
    """What is to be exported: envelopes by their ids, or all that a filter means. One of the two."""

    envelopes: list[EnvelopeId] | None = Field(
        None, min_length=1, max_length=ENVELOPES_AT_MOST, description="Ids of envelopes that are over."
    )
    filter: ExportFilter | None = Field(None, description="All that it means, instead of ids.")
    reason: str = Field(
        pattern=r"^[a-z][a-z0-9-]{0,63}$", description="Why, as a code such as court-request. The trail keeps it."
    )


class ExportProblem(BaseModel):
    """An envelope of which no bundle was made. Decide by `code`."""

    envelope: str
    code: str


class ExportView(BaseModel):
    """An export and how far it is."""

    id: str
    state: ExportState
    reason: str
    total: int = Field(description="How many envelopes.")
    ended: int = Field(description="How many are done, with a bundle or a problem.")
    failed: int = Field(description="How many have a problem.")
    problems: list[ExportProblem] = Field(description="The first hundred; all are in the file's index.")
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime = Field(description="When the file goes.")


def export_resource(service: Service) -> Resource:
    """Return the operations on exports."""
    exports = Resource(
        "exports",
        "证据包导出",
        "Exports",
        "Evidence bundles of your envelopes: everything that an auditor needs, in one signed file an envelope, checked "
        "without us. Sealed evidence stays sealed. Who exported what and why stands in the trail.",
    )
    database = service.ports.database

    @exports.operation(
        "POST",
        "/v1/exports",
        access=Scope.EXPORTS_WRITE,
        zh="导出证据包",
        en="Ask for an export",
        about=f"At most {ENVELOPES_AT_MOST} envelopes; {RUNNING_AT_MOST} exports of a client are made at a time. "
        "Ask for its state until it is done; the file is kept for a day.",
        body=ExportBody,
        answer=ExportView,
        status=202,
        problems=("no-envelope", "envelope-not-over", "nothing-to-export", "export-too-large", "exports-running"),
        example={"envelopes": [ENVELOPE_ID], "filter": None, "reason": "court-request"},
        answer_example={**_EXAMPLE, "state": "running", "ended": 0, "failed": 0, "problems": [], "finished_at": None},
    )
    def ask(call: Call) -> Reply:
        body, client = call.body(ExportBody), call.client.client
        with _told_as_ours(), database.transaction() as session:
            chosen = _chosen(session, client, body)
            export = service.exports.ask(session, client, chosen, reason=body.reason, now=call.now)
            view = _view(service.exports.get(session, client, export))
            return call.keep(session, Reply(view, 202, {"Location": f"/v1/exports/{export}"}))

    @exports.operation(
        "GET",
        "/v1/exports/<export>",
        access=Scope.EXPORTS_WRITE,
        zh="查看导出进度",
        en="See how far an export is",
        answer=ExportView,
        problems=_PROBLEMS,
        answer_example=_EXAMPLE,
    )
    def see(call: Call) -> Reply:
        with _told_as_ours(), database.reading() as session:
            return Reply(_view(service.exports.get(session, call.client.client, call.path["export"])))

    @exports.operation(
        "GET",
        "/v1/exports/<export>/file",
        access=Scope.EXPORTS_WRITE,
        zh="下载证据包",
        en="Fetch the file of an export",
        about=f"The bundle of one envelope ({BUNDLE_TYPE}); of several, a ZIP of bundles with `index.jsonl` and "
        f"`index.csv` ({SET_TYPE}).",
        answer=SET_TYPE,
        problems=(*_PROBLEMS, "export-not-ready", "export-expired", "export-empty"),
    )
    def file(call: Call) -> Reply:
        with _told_as_ours():
            found = service.exports.file(call.client.client, call.path["export"])
        headers = {
            "Content-Disposition": f'attachment; filename="{found.name}"',
            "Content-Length": str(found.size),
            "Cache-Control": "private, no-store",
        }
        return Reply(found.chunks, headers=headers, media_type=SET_TYPE if found.is_set else BUNDLE_TYPE)

    return exports


def _chosen(session: Session, client: str, body: ExportBody) -> Sequence[str]:
    """Return the ids of the client's envelopes that are meant, one more than may be where there are more.

    Raises `ApiError`, `Refusal` (`no-envelope`) for one that is not the client's, as for one that is nobody's.
    """
    if (body.envelopes is None) == (body.filter is None):
        issue = Issue("/envelopes", "请给出任务编号或筛选条件，二者择一", "give ids or a filter, one of the two")
        raise ApiError("request-invalid", issues=[issue])
    own = select(EnvelopeRow.id, EnvelopeRow.state).where(EnvelopeRow.client == client)
    if body.envelopes is not None:
        wanted = set(body.envelopes)
        found = session.execute(own.where(EnvelopeRow.id.in_(sorted(wanted)))).all()
        if len(found) < len(wanted):
            raise refusal("no-envelope")
        if any(row.state not in ENDS for row in found):
            raise ApiError("envelope-not-over")
        return [row.id for row in found]
    meant = body.filter or ExportFilter.model_validate({})
    states = [meant.state] if meant.state is not None else sorted(state.value for state in ENDS)
    own = own.where(EnvelopeRow.state.in_(states))
    if meant.created_after is not None:
        own = own.where(EnvelopeRow.created_at >= meant.created_after)
    if meant.created_before is not None:
        own = own.where(EnvelopeRow.created_at < meant.created_before)
    if meant.salesperson is not None:
        own = own.where(EnvelopeRow.salesperson == meant.salesperson)
    return [row.id for row in session.execute(own.order_by(EnvelopeRow.id).limit(ENVELOPES_AT_MOST + 1))]


@contextmanager
def _told_as_ours() -> Iterator[None]:
    """Tell what the room of exports raises by the code's words."""
    try:
        yield
    except ExportError as error:
        raise ApiError(error.code) from error


def _view(export: Export) -> ExportView:
    return ExportView(
        id=export.id,
        state=export.state,
        reason=export.reason,
        total=export.total,
        ended=export.ended,
        failed=export.failed,
        problems=[ExportProblem(envelope=envelope, code=code) for envelope, code in export.problems],
        created_at=export.created_at,
        finished_at=export.finished_at,
        expires_at=export.gone_at,
    )
