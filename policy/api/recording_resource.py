"""Recordings of sales (双录): what the sales platform files of them."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from esign.public.api import Body, Call, Reply, Resource, actor
from policy.api.codes import WRITE
from policy.domain.refusal import refusal
from policy.domain.state import find
from policy.models import ProposalRow
from policy.service.office import Office
from policy.service.recordings import Filed, Recordings

_DIGEST: Final = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
RECORDING_EXAMPLE: Final[dict[str, Any]] = {
    "sha256": _DIGEST,
    "seconds": 754,
    "checklist": "2026-1",
    "done": ["salesperson-shown", "customer-shown", "papers-shown"],
}
RECORDING_ANSWER: Final[dict[str, Any]] = {
    "id": "rec_0d1f4c1f2b8e7a6d5c4b3a29181706f5e4d3c2b1",
    "sha256": _DIGEST,
    "passed": None,
}


class RecordingBody(Body):
    """A recording that the salesperson made; the file stays where it is."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="The digest of the file.")
    seconds: int = Field(ge=1, le=86_400)
    checklist: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,31}$", description="The version that was followed.")
    done: tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")], ...] = Field(
        max_length=64, description="The items of the checklist that were seen to."
    )


class RecordingView(BaseModel):
    """A recording as it stands."""

    id: str
    sha256: str
    passed: bool | None = Field(description="Null: nobody reviewed it yet.")


def recordings_resource(office: Office) -> Resource:
    """Return the resource."""
    recordings = Recordings(office)
    resource = Resource("recordings", "双录", "Recordings", "Sound and video of the sale, where the law asks for them.")

    @resource.operation(
        "POST",
        "/v1/proposals/<proposal>/recordings",
        access=WRITE,
        zh="登记双录",
        en="File a recording",
        about="The digest, length and checklist of sound and video of the sale; somebody else reviews it at the "
        "console. The same recording again changes nothing.",
        body=RecordingBody,
        answer=RecordingView,
        status=201,
        problems=("no-proposal", "no-checklist", "recording-differs", "recordings-too-many"),
        example=RECORDING_EXAMPLE,
        answer_example=RECORDING_ANSWER,
    )
    def add(call: Call) -> Reply:
        body, proposal = call.body(RecordingBody), call.path["proposal"]
        with office.house.database.reading() as session:
            _require_own(session, call, proposal)
        filed = Filed(body.sha256, body.seconds, body.checklist, body.done)
        recording = recordings.add(proposal, filed, actor=actor(call))
        with office.house.database.reading() as session:
            part = find(office.get(session, proposal).recordings, recording)
        view = RecordingView(id=recording, sha256=body.sha256, passed=None if part is None else part.passed)
        return Reply(view, status=201)

    return resource


def _require_own(session: Session, call: Call, proposal: str) -> None:
    row = session.get(ProposalRow, proposal)
    if row is None or row.client != call.client.client:
        raise refusal("no-proposal")
