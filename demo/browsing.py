"""`make demo BROWSE=1`: the service over HTTPS at this machine's own address, to be signed with on real phones.

A salesperson and a supervisor are invited to the console, to follow the signing from there.

Phones give no camera and keep no secure cookie over plain HTTP. The certificate is the embedded authority's, which no
phone believes: which warning to expect is said, and how to go past it.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import segno

from demo.contract.places import PLACES, anchor_of
from demo.player import TEST_CODE, Platform, Signer
from demo.service import receiving, root_of, run_esign, serving

PORT: Final = 8443
STAFF: Final = (("sales", "sun.xiaomei", "孙小梅"), ("supervisor", "zhao.min", "赵敏"))
"""Who is invited beside the first administrator: role, login name, name."""
_NOWHERE: Final = ("192.0.2.1", 9)
"""An address of RFC 5737: nothing is sent there, it only shows which address of ours would be used."""
_WARNING: Final = """
  Your phone warns that the connection is not private (Chrome: ERR_CERT_AUTHORITY_INVALID; Safari: "This Connection
  Is Not Private"): the certificate is this demo's own. Choose Advanced, then go on to the site. A chat app's browser
  may not let you: open the link in the phone's browser.
"""


def own_address() -> str:
    """Return this machine's address in its network, 127.0.0.1 where it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_NOWHERE)
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def browse(folder: Path, contract: bytes, signers: Sequence[Signer], *, company: str) -> None:
    """Serve, make one envelope, print each recipient's link with its QR code, and wait until Ctrl-C.

    Raises `ServiceFailed`, `Refused`.
    """
    shutil.rmtree(folder, ignore_errors=True)
    host = own_address()
    url = f"https://{host}:{PORT}"
    settings = {
        "ESIGN_HTTP_TLS": "embedded",
        "ESIGN_HTTP_HOST": "0.0.0.0",  # noqa: S104  # phones of the same network are to reach it
        "ESIGN_HTTP_PORT": str(PORT),
        "ESIGN_PUBLIC_URL": url,
    }
    with receiving() as receiver, serving(folder, receiver, company=company, settings=settings) as (_url, environment):
        made = json.loads(run_esign(environment, "clients", "create", "Sales platform", "--json"))
        platform = Platform(url, made["key"], trust=root_of(folder))
        administrator, staff = _invite(environment)
        places: dict[str, object] = {role: {"anchor": anchor_of(place)} for role, place in PLACES.items()}
        envelope = platform.create(
            "岁安终身寿险合同",
            contract,
            list(signers),
            places=places,
            photo={"roles": ["applicant", "insured"], "placement": "visible", "face_statement": True},
            institution=administrator["institution"],
            salesperson=staff["sales"]["member"],
        )
        _tell(url, envelope, signers, environment)
        _tell_staff(url, envelope, administrator, staff, made["key"])
        _wait(platform, str(envelope["id"]), folder)


def _invite(environment: Mapping[str, str]) -> tuple[Mapping[str, Any], Mapping[str, Mapping[str, Any]]]:
    """Return the invitation of the first administrator, and those of the others by role."""
    person = ("--name", "林秋实", "--phone", "13800000010")
    first = json.loads(run_esign(environment, "staff", "init", "--login", "lin.qiushi", *person, "--json"))
    invited: dict[str, Mapping[str, Any]] = {}
    for number, (role, login, name) in enumerate(STAFF, 11):
        where = ("--institution", first["institution"], "--role", role)
        person = ("--name", name, "--phone", f"138000000{number}")
        invited[role] = json.loads(run_esign(environment, "staff", "invite", login, *person, *where, "--json"))
    return first, invited


def _tell_staff(
    url: str,
    envelope: Mapping[str, Any],
    administrator: Mapping[str, Any],
    staff: Mapping[str, Mapping[str, Any]],
    key: str,
) -> None:
    print("The console, for staff. Each link sets a password, once; then log in with the name before it.\n")
    known = (("administrator", "lin.qiushi", administrator), *((role, login, staff[role]) for role, login, _ in STAFF))
    for role, login, invited in known:
        print(f"  {role:14} {login:12} {invited['link']}")
    print(f"""
  The salesperson follows the signing at
  {url}/console/envelopes/{envelope["id"]}/live
  hands over the tablet from there, and says of each photo whether it shows the customer: the seal waits for it.
  Supervisor and administrator also bind an authenticator app, as they are told.

  API docs {url}/v1/docs, key {key}
""")
    sys.stdout.flush()


def _tell(url: str, envelope: Mapping[str, Any], signers: Sequence[Signer], environment: Mapping[str, str]) -> None:
    print(f"\nThe service is at {url} until Ctrl-C; its data is in {environment['ESIGN_DATA']}.")
    print(_WARNING)
    for recipient, signer in zip(envelope["recipients"], signers, strict=True):
        link = f"{url}/s/{recipient['token']}"
        print(f"{signer.role}: {signer.name} - one-time code {TEST_CODE}, as always in test mode\n  {link}\n")
        segno.make(link, error="l").terminal(out=sys.stdout, compact=True, border=2)


def _wait(platform: Platform, envelope: str, folder: Path) -> None:
    """Say what becomes of the envelope, keep the sealed document, and go on serving."""
    said = ""
    try:
        while True:
            found = platform.envelope(envelope)
            people = ", ".join(f"{one['role']} {one['state']}" for one in found["recipients"])
            now = f"{found['state']}: {people}"
            if now != said:
                print(f"  {time.strftime('%H:%M:%S')}  {now}", flush=True)
                said = now
            if found["state"] == "completed" and not (folder / "sealed.pdf").exists():
                document = found["documents"][0]["id"]
                (folder / "sealed.pdf").write_bytes(platform.api.get(f"/v1/documents/{document}/sealed"))
                print(f"  sealed: {folder / 'sealed.pdf'}", flush=True)
            time.sleep(1)
    except KeyboardInterrupt:
        print("\nended")


def wanted() -> bool:
    """Tell whether the demo is asked to be browsed (`BROWSE=1`)."""
    return os.environ.get("BROWSE", "") not in {"", "0"}
