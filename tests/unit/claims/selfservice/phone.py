"""A customer's phone: it opens links, fills in forms as they stand in the pages, and sends photographs."""

from __future__ import annotations

import io
import re
from typing import Any
from zlib import crc32

from werkzeug.test import Client, TestResponse

from claims.selfservice.entering import Entrances
from claims.selfservice.inviting import Inviting
from demo.cars import photo
from esign.public.codes import TEST_CODE
from tests.claims_shell import ClaimsHouse
from tests.rooms import PUBLIC_URL
from tests.unit.web.console_room import form_in
from tests.unit.web.page_room import SAME


class Phone:
    """One browser."""

    def __init__(self, claims: ClaimsHouse, address: str = "203.0.113.7") -> None:
        self.claims = claims
        self.client = Client(claims.house.outside.application)
        self.at = ""
        self._page: TestResponse | None = None
        self._from = {"REMOTE_ADDR": address}

    def open(self, path: str) -> TestResponse:
        """Open a page, and follow where it leads."""
        answer = self.client.get(path, base_url=PUBLIC_URL, environ_overrides=self._from)
        return self._follow(path, answer)

    def send(self, action: str, **typed: Any) -> TestResponse:
        """Send the form whose action ends so, as it stands in the page that was shown last."""
        path = self._action(self.page.text, action)
        fields = {**form_in(self.page, path).fields, **typed}
        return self._follow(path, self._post(path, fields))

    def begin(self, action: str, **typed: Any) -> TestResponse:
        """Send a form, and stay where one is: it leads to pages of others."""
        path = self._action(self.page.text, action)
        return self._post(path, {**form_in(self.page, path).fields, **typed})

    def photograph(self, slot: str, upload: bytes | None = None) -> TestResponse:
        """Take the photograph that the page asks for, or another one of this kind."""
        upload = upload or photo(crc32(f"{self.claim} {slot}".encode()))
        return self.send(f"/shots/{slot}", photo=(io.BytesIO(upload), "photo.jpg"))

    def report_of(self, policy: str, **typed: str) -> str:
        """Report a loss by number and code; return the claim."""
        self.open("/r/claims/report")
        self.send("/begin", policy=policy)
        Entrances(self.claims.office).send_codes()
        self.send("/report/code", code=TEST_CODE)
        answer = self.send("/report", **{**SCRATCH, **typed})
        assert answer.status_code == 200, answer.text
        return self.claim

    @property
    def page(self) -> TestResponse:
        """The page that was shown last."""
        assert self._page is not None
        return self._page

    @property
    def claim(self) -> str:
        found = re.search(r"clm_[0-9a-z]+", self.at)
        assert found is not None, self.at
        return found.group()

    def come_by(self, claim: str) -> TestResponse:
        """Open the link about a claim, and say who one is."""
        with self.claims.house.database.transaction() as session:
            person = Inviting(self.claims.office).customer(session, claim)
        link = self.claims.office.house.links.link(claim, person)
        self.open(f"/r/claims/{link}")
        policy = self.claims.state(claim).reported.policy
        return self.send("/identify", tail=policy[-4:])

    def _post(self, path: str, fields: dict[str, Any]) -> TestResponse:
        return self.client.post(path, base_url=PUBLIC_URL, data=fields, headers=SAME, environ_overrides=self._from)

    def _follow(self, path: str, answer: TestResponse) -> TestResponse:
        while answer.status_code in (302, 303):
            path = answer.headers["Location"]
            answer = self.client.get(path, base_url=PUBLIC_URL, environ_overrides=self._from)
        if answer.request.method == "GET":
            self.at = path.partition("?")[0]
        self._page = answer
        return answer

    @staticmethod
    def _action(page: str, end: str) -> str:
        found = [one for one in re.findall(r'action="([^"]+)"', page) if one.endswith(end)]
        assert found, f"no form leads to {end}: {page}"
        return str(found[0])


SCRATCH = {"cause": "scratch", "place": "栖霞路地下车库 B2", "estimate": "little"}
