"""The commands that README.html shows, run as they stand there: with common tools, in an empty folder, offline."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from sqlalchemy import select

from esign.bundle.description import encode_description
from esign.bundle.layout import (
    CHECKPOINT,
    CONSISTENCY,
    ENVELOPE,
    EVENTS,
    PROOFS,
    README,
    RENEWAL_PROOFS,
    RENEWED,
    RENEWED_CHECKPOINT,
)
from esign.bundle.readme import readme_steps, steps_for
from esign.ceremony.models import EnvelopeKeyRow
from tests.authority import PASSPHRASE
from tests.bundles import Case, container_of, members_of, trail_members
from tests.renewed_bundles import RENEWALS, RenewedCase
from tests.tools import require_tool
from tests.unit.bundle.test_bundle_check_trail import edited, rebuilt

TOOLS = ("unzip", "openssl", "sha256sum", "pdfsig")
PLAIN = {"PATH": "/usr/bin:/bin"}
"""All that the commands find: no Python environment, no home, no setting of ours."""


class Commands(HTMLParser):
    """Takes what stands in `<pre>` of a class out of a page, in order."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind = kind
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag == "pre" and ("class", self._kind) in attrs:
            self._inside = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "pre"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data


def commands_in(page: bytes, kind: str = "command") -> list[str]:
    reader = Commands(kind)
    reader.feed(page.decode("utf-8"))
    return reader.found


def offline() -> list[str]:
    """Return what a command is begun with so that it has no network, if this machine allows that."""
    for options in (["unshare", "--net"], ["unshare", "--user", "--net"]):
        if subprocess.run([*options, "true"], capture_output=True, check=False).returncode == 0:
            return options
    return []


def run(bundle: bytes, folder: Path) -> list[str]:
    """Run the commands of the bundle's own page in the folder, in one shell; return what each printed."""
    folder.mkdir()
    (folder / "contract.asice").write_bytes(bundle)
    script = "".join(f"echo @@@\n{command}\n" for command in commands_in(members_of(bundle)[README]))
    return printed_by(script, folder).split("@@@\n")[1:]


def printed_by(script: str, folder: Path, shell: str = "sh") -> str:
    """Return what a script prints that has this shell, common tools and this folder, and nothing else."""
    for tool in TOOLS:
        require_tool(tool)
    done = subprocess.run(
        [*offline(), "env", "-i", *(f"{name}={value}" for name, value in PLAIN.items()), shell, "-c", script],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=120,
    )
    return done.stdout.decode("utf-8", "replace")


def test_every_command_shows_what_the_page_says(bundle: bytes, tmp_path: Path) -> None:
    printed = run(bundle, tmp_path / "empty")
    steps = steps_for(members_of(bundle))
    assert len(printed) == len(steps)
    for step, text in zip(steps, printed, strict=True):
        assert [shown for shown in step.shows if shown not in text] == [], (step.en_title, text)
        assert not any(word in text for word in ("NOT ", "WRONG", "GAP", "MISSING", "BROKEN", "differ", "FAILED")), text


def test_every_command_shows_what_the_page_says_of_renewed_timestamps(renewed: RenewedCase, tmp_path: Path) -> None:
    printed = run(renewed.exported, tmp_path / "empty")
    assert len(printed) == len(readme_steps())
    step, text = readme_steps()[-1], printed[-1]
    assert [shown for shown in step.shows if shown not in text] == [], text
    assert text.count("Verification: OK") == RENEWALS + 1
    assert "NOT " not in text


def test_by_hand_too_a_chain_that_was_touched_does_not_hold(renewed: RenewedCase, tmp_path: Path) -> None:
    """Signed anew by the insurer each time; nothing that stands in these files is run."""
    members, told = renewed.members, encode_description(replace(renewed.description, renewals=1))
    path = b'{"hashes":["%s"]}' % (b"0" * 64)
    proofs = re.sub(rb'"position":[0-9]+', b'"position":a[$(touch RUN-chain)]', members[RENEWAL_PROOFS])
    order = {f"{RENEWED}{n}.json": members[f"{RENEWED}{3 - n}.json"] for n in (1, 2)}
    cases: list[tuple[dict[str, bytes], tuple[str, ...]]] = [
        (order, ("Verification: FAILED", "renewal 1 does NOT cover", "renewal 2 does NOT cover")),
        ({RENEWAL_PROOFS: proofs, CONSISTENCY: path}, ("the trail does NOT go on", "renewal 1 does NOT cover")),
        ({RENEWED_CHECKPOINT: members[CHECKPOINT], ENVELOPE: told}, ("renewals are MISSING", "Verification: FAILED")),
    ]
    step = steps_for(members)[-1]
    for number, (changes, shown) in enumerate(cases):
        printed = run(renewed.bundle({**members, **changes}), tmp_path / str(number))[-1]
        assert [text for text in (*shown, "the chain does NOT hold") if text not in printed] == [], (number, printed)
        assert step.shows[-1] not in printed, number
    assert list(tmp_path.rglob("RUN*")) == []


def test_the_custodian_opens_and_compares_by_the_commands_of_the_page(
    case: Case, bundle: bytes, office_folder: Path, tmp_path: Path
) -> None:
    for name, content in members_of(bundle).items():
        if name.startswith("evidence/"):
            path = tmp_path / "bundle" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    with case.office.database.reading() as session:
        wrapped = session.scalars(select(EnvelopeKeyRow.wrapped).where(EnvelopeKeyRow.envelope == case.envelope.id))
        (tmp_path / "case.envelope-key.cms").write_bytes(wrapped.one())
    sealed_key = (office_folder / "ca" / "keys" / "custodian.pem").read_bytes()
    key = load_pem_private_key(sealed_key, PASSPHRASE)
    opened = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "custodian.pem").write_bytes(opened)
    (commands,) = commands_in(members_of(bundle)[README], "custodian")
    assert printed_by(commands, tmp_path).count("as signed: ") == len(case.envelope.recipients)


def test_the_page_needs_nothing_from_outside(bundle: bytes) -> None:
    page = unescape(members_of(bundle)[README].decode())
    assert "http://" not in page
    assert "https://" not in page
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert page.count('<pre class="command"') == len(steps_for(members_of(bundle))) == len(readme_steps()) - 1


def test_a_network_is_not_there(tmp_path: Path) -> None:
    begun = offline()
    if not begun:
        pytest.skip("this machine gives a process no network of its own (unshare)")
    looked = subprocess.run([*begun, "cat", "/proc/net/dev"], capture_output=True, check=True, cwd=tmp_path)
    interfaces = [line.split(":")[0].strip() for line in looked.stdout.decode().splitlines()[2:]]
    assert interfaces == ["lo"]


def test_by_hand_too_edits_of_the_insurer_and_of_a_stranger_are_found(case: Case, tmp_path: Path) -> None:
    """The insurer signed other files, and a history with another end; then somebody edited a page."""
    tail = [*case.trail.events[:-1], edited(case.trail.events[-1])]
    forged = trail_members(rebuilt(case, tail))
    lines = forged[EVENTS].splitlines(keepends=True)
    kinds = {"sealed.pdf": b"\n", "electronic-signature.2026-11.txt": b" ", "manifest.json": b"\n"}
    names = {kind: next(name for name in case.members if name.endswith(f"/{kind}")) for kind in kinds}
    members = {**case.members, EVENTS: b"".join([*lines[:2], *lines[3:]]), PROOFS: forged[PROOFS]}
    members |= {name: case.members[name] + kinds[kind] for kind, name in names.items()}
    signed = members_of(case.bundle(members))
    page = next(name for name in signed if name.startswith("pages/"))
    titles = [step.en_title for step in steps_for(case.members)]
    bundle = container_of({**signed, page: signed[page] + b" "})
    printed = dict(zip(titles, run(bundle, tmp_path / "anew"), strict=True))
    assert "CAdES Verification successful" in printed["The seal signed the manifest"]
    assert f"{page}: FAILED" in printed["Every member is the one that was signed"]
    assert "every digest is right" not in printed["Every member is the one that was signed"]
    assert f"position {len(tail) - 1} is NOT proven" in printed["Every event is under the checkpoint"]
    assert "all events are under the checkpoint" not in printed["Every event is under the checkpoint"]
    assert "GAP before" in printed["No event is missing"]
    assert "EVENTS ARE MISSING" in printed["No event is missing"]
    assert "no event is missing" not in printed["No event is missing"]
    assert f"NOT RECORDED: bundle/{names['sealed.pdf']}" in printed["The documents are those of the trail"]
    wrong = printed["Evidence, consents and pages"].count("WRONG: ")
    assert wrong == 3, printed["Evidence, consents and pages"]


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_lines_that_carry_commands_are_named_and_none_is_run(shell: str, tmp_path: Path) -> None:
    """Positions, the size of the tree and siblings come from whoever made the bundle: none of them is a command."""
    require_tool(shell)
    positions = ("0/0/;1e touch RUN-sed;#", "a[$(touch RUN-sum)]", "$(touch RUN-word)", "08", "", "9" * 30)
    lines = "".join(f'{{"event":{{"a":1}},"leaf":"00","position":{one}}}\n' for one in (*positions, "0"))
    hashes = '"$(touch${IFS}RUN-node)","*","%d%s"'
    last = '{"event":{"a":1},"leaf":"00","position":0}'
    for size, named in (("1", 0), ("a[$(touch RUN-size)]", 1)):
        folder = tmp_path / f"size-{named}"
        trail = folder / "bundle" / "trail"
        trail.mkdir(parents=True)
        (folder / "checkpoint.text").write_text(f"log.example\n{size}\nAAAA\n")
        (trail / "events.jsonl").write_text(lines + last)
        (trail / "proofs.json").write_text(f'{{"proofs":[{{"hashes":[{hashes}],"position":0}}],"root":"00","size":1}}')
        printed = printed_by(command_of("Every event is under the checkpoint"), folder, shell)
        assert printed.count("MALFORMED line") == len(positions), printed
        assert printed.count("MALFORMED size") == named
        assert "0 of 8 events are proven" in printed
        assert "all events" not in printed
        assert list(folder.rglob("RUN*")) == []


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_a_signature_whose_text_carries_a_command_is_named_and_none_is_run(shell: str, tmp_path: Path) -> None:
    """`openssl asn1parse` prints texts as they are, with line ends: such a line must not become arithmetic."""
    require_tool(shell)
    text = b"\na[$(touch RUN-sum)]:d=5 hl=2 l= 3 prim: OCTET STRING\n"
    folder = tmp_path / "bundle" / "META-INF"
    folder.mkdir(parents=True)
    (folder / "signature.p7s").write_bytes(b"\x0c" + bytes([len(text)]) + text)
    printed = printed_by(command_of("When it was signed"), tmp_path, shell)
    assert "MALFORMED signature" in printed
    assert list(tmp_path.rglob("RUN*")) == []


def command_of(title: str) -> str:
    """Return the command of the step with this English title."""
    (command,) = (step.command for step in readme_steps() if step.en_title == title)
    return command
