"""What somebody had written when their session was over: it goes through the login with them, and is sent if they say.

Nothing is stored. Only forms for writing are held (`WRITING`), of a page of ours in this browser: never a decision, nor
an act on somebody else's word. It goes sealed, for the member whose session it was: whoever else logs in at that page
is offered nothing, and reads nothing. Before it is sent, what it does and every field of it are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask import request

from esign.infra.keystore import KeyStore
from esign.staff.domain.roles import Role
from esign.web.console.labels import ROLES
from esign.web.console.sealed_fields import open_field, seal_field
from esign.web.rendering import words
from esign.web.words import N_

LIFETIME: Final = timedelta(hours=12)
_AT_MOST: Final = 12_000
_PURPOSE: Final = "what was written before a session was over"


@dataclass(frozen=True)
class Writing:
    """A form for writing: what it does, and its fields by name with their labels (messages). No other is held."""

    does: str
    fields: Mapping[str, str]


_WHY: Final = {"words": N_("为什么")}
WRITING: Final[Mapping[str, Writing]] = {
    "invite": Writing(
        N_("邀请员工"),
        {
            "name": N_("姓名"),
            "phone": N_("电话"),
            "login": N_("登录名"),
            "institution": N_("机构"),
            "role": N_("角色"),
        },
    ),
    "open_institution": Writing(N_("开设下级机构"), {"name": N_("名称")}),
    "rename_institution": Writing(N_("更名"), {"name": N_("新名称")}),
    "correct_phone": Writing(N_("更正手机号"), {"phone": N_("手机号"), **_WHY}),
    "replace_person": Writing(
        N_("更换签署人"),
        {"name": N_("姓名"), "phone": N_("手机号"), "id_number": N_("证件号码（可不填）"), **_WHY},
    ),
    "ask_evidence": Writing(N_("申请开启"), _WHY),
}
"""By the view that takes it."""


@dataclass(frozen=True)
class HeldForm:
    """Whose form it is, which view takes it, where it goes, and what was filled in, in its order."""

    member: str
    view: str
    action: str
    fields: tuple[tuple[str, str], ...]

    @property
    def does(self) -> str:
        """What sending it does, in the language of the request."""
        return words().say(WRITING[self.view].does)

    def shown(self, places: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return every field as it is shown before it is sent: its label, and what stands in it. `places` are names of
        institutions by their ids."""
        labels, say = WRITING[self.view].fields, words().say
        return [(say(labels[name]), _read(name, value, places)) for name, value in self.fields]

    def seal(self, keys: KeyStore, *, now: datetime) -> str:
        """Return it for a hidden field of the login, which only we can read."""
        return seal_field(keys, _PURPOSE, [self.member, self.view, self.action, self.fields], until=now + LIFETIME)


def hold(member: str | None) -> HeldForm | None:
    """Return this request's form for the member whose session was over, None where there is nothing to hold."""
    view = request.endpoint or ""
    if member is None or view not in WRITING:
        return None
    known = WRITING[view].fields
    fields = tuple((name, value) for name, value in request.form.items(multi=True) if name in known and value.strip())
    long = sum(len(value.encode("utf-8", "surrogatepass")) for _name, value in fields) > _AT_MOST
    return None if long or not fields else HeldForm(member, view, request.path, fields)


def open_held(keys: KeyStore, sealed: str, *, now: datetime) -> HeldForm | None:
    """Return what `seal` wrote, None for anything else."""
    opened = open_field(keys, _PURPOSE, sealed, now=now)
    if opened is None or opened[1] not in WRITING:
        return None
    member, view, action, fields = opened
    return HeldForm(member, view, action, tuple((name, value) for name, value in fields))


def _read(name: str, value: str, places: Mapping[str, str]) -> str:
    if name == "role" and value in set(Role):
        return words().say(ROLES[Role(value)])
    return places.get(value, value) if name == "institution" else value
