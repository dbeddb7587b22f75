"""Keys for operations and administrators: those of the API, when certificates end, how old the checkpoint is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from esign.api.errors import ApiError
from esign.api.key_desk import LOOKERS, MAKERS, KeyDesk
from esign.api.keys import Mode, NewKey
from esign.api.scopes import Scope, scope_words
from esign.renewal.checkpoint_dues import checkpoint_dues
from esign.renewal.renewing import BEFORE
from esign.renewal.resting import dues
from esign.staff.domain.refusal import refusal
from esign.trail.keeper import SCHEDULE
from esign.trail.publishing import latest_checkpoint
from esign.web.console.access import Console, only
from esign.web.console.callers import caller
from esign.web.console.console_services import ConsoleServices
from esign.web.console.notices import done
from esign.web.rendering import page, words
from esign.web.words import N_

ENDS_SOON: Final = timedelta(days=30)
DAYS: Final = {"30": 30, "90": 90, "365": 365}
"""How long a key may live, as it is chosen; the longest first choice is a year."""
CERTIFICATES: Final = {
    "root": N_("根证书"),
    "issuing": N_("签署证书的签发者"),
    "tsa": N_("时间戳"),
    "seal": N_("公司印章"),
    "ocsp": N_("吊销查询"),
    "custodian": N_("证据保管人"),
}


def declare_key_pages(console: Console, services: ConsoleServices) -> None:
    """Declare the page of keys and what is done there."""
    ports = services.service.ports
    mode: Mode = "live" if ports.live else "test"
    desk = KeyDesk(ports.database, services.room.sessions, services.clock, mode, services.room_scopes)

    @console.page("/keys", to=only(*LOOKERS))
    def key_list() -> Response:
        return _key_page(services, desk)

    @console.form("/keys", to=only(*MAKERS))
    def make_key() -> AnyResponse:
        wanted = set(request.form.getlist("scopes"))
        scopes = {scope for scope in (*Scope, *services.room_scopes) if scope in wanted}
        chosen = [str(scope) for scope in scopes]
        days, name = request.form.get("days", ""), request.form.get("name", "").strip()
        ends = services.clock() + timedelta(days=DAYS.get(days, 0))  # a choice that is none is over at once: refused
        try:
            made = desk.make(caller(), request.form.get("client", ""), name, scopes, expires_at=ends)
        except ValueError:
            refused = words().say(N_("没有创建。请写明用途（不超过 120 字），至少选一项权限，再选有效期。"))
            return _key_page(services, desk, 422, refused=refused, chosen=chosen, name=name)
        return _key_page(services, desk, made=made)

    @console.form("/keys/clients", to=only(*MAKERS))
    def make_client() -> AnyResponse:
        try:
            desk.make_client(caller(), request.form.get("name", ""))
        except ValueError:
            refused = words().say(N_("没有创建。请写系统的名称，不超过 120 字。"))
            return _key_page(services, desk, 422, refused=refused)
        return done(url_for("key_list"), "client")

    @console.form("/keys/revoke", to=only(*LOOKERS))
    def revoke_key() -> AnyResponse:
        try:
            desk.revoke(caller(), request.form.get("client", ""), request.form.get("key", ""))
        except ApiError:
            refused = words().say(N_("没有这把密钥。请打开最新的页面再看。"))
            return _key_page(services, desk, 404, refused=refused)
        return done(url_for("key_list"), "revoked")


def _key_page(
    services: ConsoleServices,
    desk: KeyDesk,
    status: int = 200,
    *,
    made: NewKey | None = None,
    refused: str | None = None,
    chosen: list[str] | None = None,
    name: str = "",
) -> Response:
    who, now = caller(), services.clock()
    if LOOKERS.isdisjoint(who.roles):
        raise refusal("not-allowed")
    with services.service.ports.database.reading() as session:
        latest = latest_checkpoint(session)
        renewing = services.service.renewer.authorities
        falling = dues(session, renewing.trust, renewing.constraints)
        checkpoints = checkpoint_dues(session, renewing.trust, renewing.constraints)
    sees = desk.sees(who)
    said = scope_words(services.room_scopes)
    return page(
        "console_keys.html",
        status,
        holders=desk.holders(who) if sees else [],
        sees=sees,
        makes=sees and not MAKERS.isdisjoint(who.roles),
        scopes=desk.scopes(),
        scope_name=lambda scope: words().choose(*said[scope]),
        made=made,
        refused=refused,
        chosen=chosen or [],
        name=name,
        days=DAYS,
        now=now,
        certificates=sorted(services.expiries().items(), key=lambda one: one[1]),
        certificate_names=CERTIFICATES,
        soon=now.astimezone(UTC) + ENDS_SOON,
        dues=falling,
        checkpoint_dues=checkpoints,
        renewed_before=now.astimezone(UTC) + BEFORE,
        checkpoint=latest,
        checkpoint_is_late=latest is not None and _age(now, latest.token.gen_time) > 3 * SCHEDULE,
    )


def _age(now: datetime, then: datetime) -> timedelta:
    return now - then
