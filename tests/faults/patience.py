"""Callers that do not give up: what a good client does when the service falls while it is being asked.

A lost answer is asked for again until it comes. With a fresh Idempotency-Key, not the same: a key whose request died
with its process stays taken for a minute, and every act of a ceremony may be repeated with the same effect.
"""

from __future__ import annotations

import http.client
import itertools
import secrets
import threading
import time
from collections.abc import Mapping
from typing import Any, Final

from demo.player import JSON, Api, Platform, Refused, Signer
from tests.documents import contract
from tests.signers import face_jpeg, handwriting_json

PATIENCE_SECONDS: Final = 120
ROLES: Final = ("applicant", "insured")
_LATER: Final = frozenset({429, 502, 503})
_MEANWHILE: Final = frozenset({"stream-changed", "request-running"})
_USED_UP: Final = frozenset({"code-unknown", "code-burned", "code-expired"})


class PatientApi(Api):
    """An `Api` that asks again after a lost connection, and where it is asked to come later."""

    def _ask(
        self, method: str, path: str, body: bytes | None, media_type: str, route: str, key: str | None = None
    ) -> bytes:
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return super()._ask(method, path, body, media_type, route, key and secrets.token_hex(12))
            except (OSError, http.client.HTTPException):
                if time.monotonic() > end:
                    raise
            except Refused as refused:
                self.close()  # whoever was refused may never ask again
                if refused.code in _USED_UP and path.endswith("/identify"):
                    # The first answer was lost, and with it the session that the code was good for.
                    super()._ask("POST", path.removesuffix("identify") + "code", None, JSON, route)
                elif (refused.status not in _LATER and refused.code not in _MEANWHILE) or time.monotonic() > end:
                    raise
            time.sleep(0.1)


class People:
    """Invented people without end: each has a phone, a hand and a face of their own."""

    def __init__(self, seed: int = 1) -> None:
        self._numbers = itertools.count(seed * 100_000 + 1)
        self._guard = threading.Lock()
        self._photos = [face_jpeg(number) for number in range(4)]

    def next(self, role: str) -> Signer:
        with self._guard:
            number = next(self._numbers)
        photo = self._photos[number % len(self._photos)]
        return Signer(role, "于文山", f"138{number:08d}", None, handwriting_json(number), photo)


class Sales:
    """A sales platform whose every call arrives in the end. Not for several threads at once."""

    def __init__(self, url: str, key: str, people: People) -> None:
        self.key = key
        self.platform = Platform(url, key, connect=PatientApi)
        self._people = people

    def create(self, external_id: str | None = None, **more: Any) -> tuple[Mapping[str, Any], list[Signer]]:
        """Create and send an envelope for two people who sign side by side; return it and them."""
        signers = [self._people.next(role) for role in ROLES]
        made = self.platform.create(
            "人身保险合同", contract(), signers, external_id=external_id or secrets.token_hex(8), **more
        )
        return made, signers

    def sign(self, made: Mapping[str, Any], signers: list[Signer]) -> None:
        """Take everybody through the ceremony, one after another."""
        for recipient, signer in zip(made["recipients"], signers, strict=True):
            self.platform.play(recipient, signer)

    def close(self) -> None:
        self.platform.api.close()
