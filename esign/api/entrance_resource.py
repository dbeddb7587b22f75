"""What a ceremony's link opens: an invitation to look at, a one-time code, a session; afterwards, the sealed copy."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pydantic import BaseModel, Field

from esign.api.call import Call, Reply
from esign.api.ceremony_refusals import OVER, as_told
from esign.api.json_body import Body
from esign.api.link_limits import LinkLimits, require_link
from esign.api.operations import Resource
from esign.api.rates import Rates
from esign.api.scopes import Door
from esign.ceremony.domain.values import EnvelopeState, RecipientRole, RecipientState
from esign.ceremony.entrance import SESSION_LIFE, Answer, Invitation
from esign.ceremony.people import Locale
from esign.infra.database import JsonValue
from esign.service import Service

CODE_FORM: Final = "^[0-9]{6}$"
LINK_EXAMPLE: Final = "rcp_01k9x7m2qv8w3c5t6r4n0b1d2e.kTq1X0m3v7pYb9sZc2dLh5wRjA4"
_TRY_EXAMPLE: Final[dict[str, JsonValue]] = {
    "code": "246810",
    "name": "于文山",
    "id_last_four": "002X",
    "device": {"language": "zh-CN", "screen": "390x844@3", "time_zone": "Asia/Shanghai"},
}
_INVITATION_EXAMPLE: Final[dict[str, JsonValue]] = {
    "envelope": "env_01k9x7m2qv8w3c5t6r4n0b1d2e",
    "envelope_state": "in_progress",
    "recipient": "rcp_01k9x7m2qv8w3c5t6r4n0b1d2e",
    "state": "sent",
    "role": "applicant",
    "title": "鸿福一生终身寿险合同",
    "company": "示例保险股份有限公司",
    "phone_ends": "0001",
    "asks_id_number": True,
    "locale": "zh-CN",
    "expires_at": "2026-03-15T04:00:00Z",
    "test_mode": True,
    "pages": 12,
}


class InvitationView(BaseModel):
    """Who asks, for what, and where it stands. Of the person, only the last digits of the phone the code goes to."""

    envelope: str
    envelope_state: EnvelopeState
    recipient: str
    state: RecipientState
    role: RecipientRole
    title: str
    company: str
    phone_ends: str
    asks_id_number: bool = Field(description="Whether the last four of the ID number are asked for beside the code.")
    locale: Locale
    expires_at: datetime
    test_mode: bool
    pages: int = Field(description="How many there are to read; 0 for who only gets a copy.")


class CodeView(BaseModel):
    """A code is on its way. It is never told here."""

    expires_at: datetime = Field(description="Until when it is good.")


class DeviceBody(Body):
    """What the device tells of itself. User agent and address are taken from the request."""

    language: str | None = Field(None, max_length=64)
    screen: str | None = Field(None, max_length=64)
    time_zone: str | None = Field(None, max_length=64)


class IdentifyBody(Body):
    """What somebody answers to be identified."""

    code: str = Field(pattern=CODE_FORM)
    name: str = Field(min_length=1, max_length=64, description="As on the contract.")
    id_last_four: str | None = Field(None, min_length=1, max_length=16, description="Needed if asks_id_number.")
    device: DeviceBody | None = None


class SessionView(BaseModel):
    """A session of the ceremony, bound to this device. An earlier device's is over."""

    token: str = Field(description="What goes behind `Bearer`.")
    expires_at: datetime


def entrance_resource(service: Service, rates: Rates, limits: LinkLimits) -> Resource:
    """Return the operations of a link before there is a session."""
    links = Resource(
        "ceremonies",
        "签署链接",
        "Ceremony links",
        "What a recipient's link opens. A link is an invitation: looking at it changes nothing, and by itself it opens "
        "nothing. A one-time code to the registered phone does, on one device at a time. In test mode the code is "
        "always 246810.",
    )
    entrance = service.entrance

    @links.operation(
        "GET",
        "/v1/ceremonies/<link>",
        access=Door.PUBLIC,
        zh="查看邀请",
        en="Look at the invitation",
        about="Changes nothing, however often previews and scanners ask.",
        answer=InvitationView,
        problems=("link-unknown", "record-erased"),
        answer_example=_INVITATION_EXAMPLE,
    )
    @as_told
    def look(call: Call) -> Reply:
        require_link(entrance, rates, call.path["link"], limits.link)
        return Reply(_view(entrance.look(call.path["link"])))

    @links.operation(
        "POST",
        "/v1/ceremonies/<link>/open",
        access=Door.PUBLIC,
        zh="打开",
        en="Open",
        about="By the recipient's own act. Opening again changes nothing.",
        answer=InvitationView,
        problems=("link-unknown", "not-your-turn", *OVER),
        answer_example={**_INVITATION_EXAMPLE, "state": "opened"},
    )
    @as_told
    def opened(call: Call) -> Reply:
        require_link(entrance, rates, call.path["link"], limits.link)
        return Reply(_view(entrance.open(call.path["link"])))

    @links.operation(
        "POST",
        "/v1/ceremonies/<link>/code",
        access=Door.PUBLIC,
        zh="发送验证码",
        en="Send a code",
        about="To the registered phone: good for five minutes, five tries and one use. At most five an hour and ten a "
        "day. The code before it is good no more.",
        answer=CodeView,
        problems=("link-unknown", "open-first", "too-many-codes", *OVER),
        answer_example={"expires_at": "2026-03-01T04:05:00Z"},
    )
    @as_told
    def code(call: Call) -> Reply:
        require_link(entrance, rates, call.path["link"], limits.link)
        return Reply(CodeView(expires_at=entrance.send_code(call.path["link"])))

    @links.operation(
        "POST",
        "/v1/ceremonies/<link>/identify",
        access=Door.PUBLIC,
        zh="验证身份",
        en="Identify",
        about="With the code, and name and last four of the ID number as on the contract. The session that begins goes "
        "on where an earlier one stopped. It is held remotely: in person is only what a salesperson handed over in the "
        "console, and as long as they have, the recipient signs nowhere else.",
        body=IdentifyBody,
        bytes_at_most=16 * 1024,
        answer=SessionView,
        problems=(
            "link-unknown",
            "open-first",
            "code-wrong",
            "details-differ",
            "identity-refused",
            "code-unknown",
            "code-expired",
            "code-burned",
            "identity-not-enough",
            "handed-over",
            "vendor-unavailable",
            *OVER,
        ),
        example=_TRY_EXAMPLE,
        answer_example={
            "token": f"{LINK_EXAMPLE.partition('.')[0]}.dev_01k9x7m2qv8w3c5t6r4n0b1d2e.{'x' * 27}",
            "expires_at": "2026-03-01T06:00:00Z",
        },
    )
    @as_told
    def identify(call: Call) -> Reply:
        require_link(entrance, rates, call.path["link"], limits.link)
        body = call.body(IdentifyBody)
        facts = {"user_agent": call.agent, "address": call.address, **dict(body.device or {})}
        answer = Answer(
            code=body.code,
            name=body.name,
            id_last_four=body.id_last_four,
            device={name: fact for name, fact in facts.items() if fact},
        )
        begun = entrance.begin(call.path["link"], answer)
        return Reply(SessionView(token=begun.token, expires_at=begun.at + SESSION_LIFE))

    return links


def _view(shown: Invitation) -> InvitationView:
    return InvitationView(
        envelope=shown.envelope,
        envelope_state=EnvelopeState(shown.envelope_state),
        recipient=shown.recipient,
        state=RecipientState(shown.state),
        role=RecipientRole(shown.role),
        title=shown.title,
        company=shown.company,
        phone_ends=shown.phone_ends,
        asks_id_number=shown.asks_id_number,
        locale="en" if shown.locale == "en" else "zh-CN",
        expires_at=shown.expires_at,
        test_mode=shown.test_mode,
        pages=shown.pages,
    )
