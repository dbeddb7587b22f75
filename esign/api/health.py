"""Whether the process lives, whether it can serve, and what it measured.

    /healthz   the process answers; nothing else is asked
    /readyz    database, schema and keys are as they must be; what is not is told by its code alone
    /metrics   for Prometheus, with `Authorization: Bearer <metrics token>`

`/metrics` is opened by a token rather than by the address it is asked from: behind a proxy on the same machine every
request of the world comes from loopback. Without a token in the settings the page is not there.
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from flask import request
from pydantic import BaseModel

from esign.api.call import Call, Reply
from esign.api.errors import ApiError
from esign.api.operations import Resource
from esign.api.scopes import Door
from esign.api.services import ApiServices
from esign.errors import EsignError
from esign.infra.clock import Clock
from esign.infra.keystore import KeyStore
from esign.infra.logs import log_for
from esign.infra.metrics import CONTENT_TYPE
from esign.infra.schema import require_current_schema

REMEMBERED: Final = timedelta(seconds=2)
"""How long an answer of `/readyz` is given again: anybody may ask, and the checks cost something."""
_log = log_for(__name__)

Check = Callable[[], None]


class Health(BaseModel):
    """`ok`, or `failing` with the codes of what fails."""

    status: Literal["ok", "failing"]
    failing: list[str] = []


class Readiness:
    """Runs the checks, and remembers for a moment how they went."""

    def __init__(self, checks: Sequence[Check], clock: Clock) -> None:
        self._checks = tuple(checks)
        self._clock = clock
        self._guard = threading.Lock()
        self._last: tuple[datetime, tuple[str, ...]] | None = None

    def failing(self) -> tuple[str, ...]:
        """Return the codes of what fails, none if all is well."""
        with self._guard:
            now = self._clock()
            if self._last is None or not self._last[0] <= now < self._last[0] + REMEMBERED:
                self._last = now, tuple(code for check in self._checks if (code := _code(check)) is not None)
            return self._last[1]


def health_resource(services: ApiServices) -> Resource:
    """Return the three operations. They are no part of the API's document and under no rate limit."""
    resource = Resource("health", "运行状况", "Health")
    readiness = Readiness(
        (lambda: require_current_schema(services.database), lambda: _keys_open(services.keys), *services.ready),
        services.clock,
    )

    @resource.operation(
        "GET", "/healthz", access=Door.PUBLIC, zh="进程存活", en="Alive", answer=Health, hidden=True, limited=False
    )
    def alive(call: Call) -> Reply:
        return Reply(Health(status="ok"))

    @resource.operation(
        "GET", "/readyz", access=Door.PUBLIC, zh="可以服务", en="Ready", answer=Health, hidden=True, limited=False
    )
    def ready(call: Call) -> Reply:
        failing = readiness.failing()
        if failing:
            return Reply(Health(status="failing", failing=list(failing)), status=503, headers={"Retry-After": "2"})
        return Reply(Health(status="ok"))

    @resource.operation(
        "GET", "/metrics", access=Door.PUBLIC, zh="指标", en="Metrics", answer=CONTENT_TYPE, hidden=True, limited=False
    )
    def metrics(call: Call) -> Reply:
        if services.metrics_token is None:
            raise ApiError("no-route")
        given = request.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(given, b"Bearer " + services.metrics_token.reveal().encode()):
            raise ApiError("credentials-refused" if given else "credentials-missing")
        return Reply(services.metrics.exposition(), media_type=CONTENT_TYPE)

    return resource


def _keys_open(keys: KeyStore) -> None:
    keys.wrap(bytes(32), b"readiness")  # reads the keys folder again


def _code(check: Check) -> str | None:
    try:
        check()
    except EsignError as error:
        return error.code
    except Exception as error:  # noqa: BLE001  # logged; what it is must not be told to anybody who asks
        _log.failed("readiness check failed", error)
        return "check-failed"
    return None
