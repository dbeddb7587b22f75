"""The floor under whole envelopes: the same signing work in one process, without service, database or network.

A contract is admitted and prepared, signed by two recipients, sealed, archived to B-LTA and judged once, again and
again for so many seconds; a line of JSON tells how often. `make bench-api` runs one of these on each core at once.
"""

from __future__ import annotations

import json
import secrets
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.contract import services_of
from bench.ours import now
from ca.authority import create_authority, open_authority
from esign.ceremony.roles import Role
from esign.ceremony.signing_run import Order, Recipient, Seal, sign_contract
from esign.evidence.items import Placement
from esign.evidence.photo import read_photo
from esign.pades.fields import AtAnchor, DefaultPlace, Place
from esign.pades.level import Level
from tests.signers import face_jpeg, handwriting
from wsgi import find_typeface

_PEOPLE = ((Role.APPLICANT, "投保人签名"), (Role.INSURED, "被保险人签名"))


def main() -> None:
    order = json.loads(sys.stdin.readline())
    source = Path(order["contract"])
    with tempfile.TemporaryDirectory() as folder:
        create_authority(Path(folder) / "ca", passphrase=b"bench-passphrase", clock=now)
        authority = open_authority(Path(folder) / "ca", passphrase=b"bench-passphrase", clock=now)
        photo = read_photo(face_jpeg(1))
        recipients = [
            Recipient(role, "于文山", handwriting(number), photo, _place(order["places"].get(role.value), title))
            for number, (role, title) in enumerate(_PEOPLE)
        ]
        seal = Seal("示例保险", authority.seal, _place(order["places"].get("seal"), "保险人签章"))
        services = services_of(authority)
        whole = Order(recipients, seal, Level.B_LTA, Placement.VISIBLE, find_typeface(), f"env_{secrets.token_hex(8)}")
        result = Path(folder) / "signed.pdf"

        def once() -> None:
            result.unlink(missing_ok=True)
            sign_contract(source, result, whole, services, lambda _step: None)

        once()
        done, begun, cpu = 0, time.monotonic(), time.process_time()
        while time.monotonic() < begun + order["seconds"]:
            once()
            done += 1
        seconds, used = time.monotonic() - begun, time.process_time() - cpu
    print(json.dumps({"envelopes": done, "seconds": seconds, "cpu_seconds": used}))


def _place(form: Any, title: str) -> Place:
    return DefaultPlace(title) if form is None else AtAnchor(**form["anchor"])


if __name__ == "__main__":
    main()
