"""`esign sign`: what comes out, and one clear line for every wrong input, with nothing left behind."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ca.authority import KeyAlgorithm, create_authority
from ca.errors import TrustServiceUnavailable
from tests.authority import present_time
from tests.command import PASSPHRASE, Desk, set_up_desk


def make_authority(folder: Path) -> None:
    create_authority(folder, passphrase=PASSPHRASE.encode(), clock=present_time)


@pytest.fixture
def desk(tmp_path: Path, contract: bytes) -> Desk:
    return set_up_desk(tmp_path, contract, make_authority)


def test_two_people_and_the_seal_sign_to_b_lta_by_default(desk: Desk) -> None:
    out = desk.folder / "signed.pdf"
    told = desk.json(
        "sign", desk.folder / "contract.pdf", "--seal", "--out", out,
        "--recipient", desk.recipient(), "--recipient", desk.recipient("insured", "李秀英"),
    )  # fmt: skip
    verdict = told["verification"]
    signatures = [s for s in verdict["signatures"] if s["kind"] == "signature"]
    assert verdict["conclusion"] == "TOTAL-PASSED"
    assert [s["field"] for s in signatures] == ["applicant", "insured", "seal"]
    assert {s["level"] for s in signatures} == {"B-LTA"}
    assert verdict["findings"] == []
    assert out.is_file()


def test_the_key_of_the_sealed_evidence_stands_beside_the_result(desk: Desk) -> None:
    desk.sign(desk.folder / "contract.pdf")
    names = sorted(path.name for path in desk.folder.glob("contract.signed*"))
    assert names == ["contract.signed.envelope-key.cms", "contract.signed.pdf"]
    assert (desk.folder / "contract.signed.envelope-key.cms").stat().st_mode & 0o777 == 0o600


def test_several_insured_persons_each_have_a_field_of_their_own(desk: Desk) -> None:
    more = ("--recipient", desk.recipient("insured", "李秀英"), "--recipient", desk.recipient("insured", "王芳"))
    desk.sign(desk.folder / "contract.pdf", *more, "--out", desk.folder / "family.pdf")
    fields = [s["field"] for s in desk.json("verify", desk.folder / "family.pdf")["signatures"]]
    assert fields[:3] == ["applicant", "insured", "insured-2"]


@pytest.mark.parametrize("level", ["B-B", "B-T", "B-LT"])
def test_a_lower_level_is_reached_when_asked_for(desk: Desk, level: str) -> None:
    out = desk.folder / "signed.pdf"
    desk.sign(desk.folder / "contract.pdf", "--level", level, "--out", out)
    status = 0 if level == "B-LT" else 2  # without revocation data inside, an offline verdict must stay open
    verdict = desk.json("verify", out, status=status)
    assert [s["level"] for s in verdict["signatures"]] == [level]


def test_a_digest_only_photo_is_kept_outside_sealed(desk: Desk) -> None:
    desk.sign(desk.folder / "contract.pdf", "--photo", "digest-only", "--out", desk.folder / "s.pdf")
    assert (desk.folder / "s.applicant-photo.cms").is_file()
    listed = desk.json("inspect", desk.folder / "s.pdf")
    assert "photo.cms" not in [f["name"] for f in listed["files"]]
    opened = desk.json(
        "inspect", desk.folder / "s.pdf", "--extract", desk.folder / "opened",
        "--custodian-key", desk.folder / "ca/keys/custodian.pem", "--envelope-key", desk.folder / "s.envelope-key.cms",
    )  # fmt: skip
    assert "photo.jpg" in [f["name"] for f in opened["files"]]


def test_the_authority_may_be_rsa(tmp_path: Path, contract: bytes) -> None:
    def make_rsa(folder: Path) -> None:
        create_authority(folder, passphrase=PASSPHRASE.encode(), clock=present_time, key_algorithm=KeyAlgorithm.RSA2048)

    desk = set_up_desk(tmp_path, contract, make_rsa)
    desk.sign(desk.folder / "contract.pdf", "--seal")
    assert desk.json("verify", desk.folder / "contract.signed.pdf")["conclusion"] == "TOTAL-PASSED"


WRONG = {
    "recipient-unreadable": ["--recipient", "applicant"],
    "recipient-role-unknown": ["--recipient", "role=king,name=张伟,handwriting=applicant.json"],
    "evidence-file-unreadable": ["--recipient", "role=agent,name=张伟,handwriting=missing.json"],
    "field-place-unclear": ["--recipient", "role=agent,name=张伟,handwriting={d}/applicant.json,page=1"],
    "field-too-small": ["--recipient", "role=agent,name=张伟,handwriting={d}/applicant.json,page=1,box=1/1/200/20"],
    "field-page-missing": ["--recipient", "role=agent,name=张伟,handwriting={d}/applicant.json,page=99,box=1/1/200/90"],
    "field-off-page": ["--recipient", "role=agent,name=张伟,handwriting={d}/applicant.json,page=1,box=500/1/900/90"],
    "anchor-not-found": ["--recipient", "role=agent,name=张伟,handwriting={d}/applicant.json,anchor=没有这几个字"],
    "field-missing": ["--recipient", "role=agent,name=张伟,handwriting={d}/applicant.json,field=nowhere"],
    "recipient-duplicate": ["--recipient", "role=applicant,name=张伟,handwriting={d}/applicant.json"],
    "fields-overlap": ["--recipient", "role=agent,name=张伟,handwriting={d}/applicant.json,anchor=投保人签名"],
    "font-glyph-missing": ["--recipient", "role=agent,name=张𛀁伟,handwriting={d}/applicant.json"],
    "utc-offset-unreadable": ["--utc-offset", "Beijing"],
    "output-unwritable": ["--out", "{d}/missing-folder/out.pdf"],
    "output-is-input": ["--out", "{d}/contract.pdf"],
}


@pytest.mark.parametrize("code", WRONG)
def test_wrong_input_is_one_line_with_a_code_and_leaves_nothing(desk: Desk, code: str) -> None:
    before = sorted(desk.folder.rglob("*"))
    arguments = [argument.replace("{d}", str(desk.folder)) for argument in WRONG[code]]
    result = desk.sign(desk.folder / "contract.pdf", *arguments, status=13 if code == "output-unwritable" else 10)
    errors = [line for line in result.stderr.splitlines() if line.startswith("esign: ")]
    assert len(errors) == 1
    assert errors[0].endswith(f"[{code}]")
    assert sorted(desk.folder.rglob("*")) == before


def test_with_json_an_error_is_json_too(desk: Desk) -> None:
    result = desk.sign(desk.folder / "missing.pdf", "--json", status=10)
    assert json.loads(result.stdout)["error"]["code"] == "document-unreadable"


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"not a PDF at all", "document-not-pdf"), (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n", "document-broken")],
)
def test_what_is_no_pdf_is_refused(desk: Desk, content: bytes, code: str) -> None:
    wrong = desk.folder / "wrong.pdf"
    wrong.write_bytes(content)
    assert f"[{code}]" in desk.sign(wrong, status=10).stderr
    assert wrong.read_bytes() == content


@pytest.mark.parametrize("wrong", [b"", b"{}", b"\x89PNG\r\n\x1a\n", b'{"schema":"esign-handwriting/1"}'])
def test_wrong_strokes_are_refused(desk: Desk, wrong: bytes) -> None:
    (desk.folder / "applicant.json").write_bytes(wrong)
    assert "[handwriting-" in desk.sign(desk.folder / "contract.pdf", status=10).stderr


@pytest.mark.parametrize("wrong", [b"", b"GIF89a", b"\xff\xd8\xff\xe0 truncated"])
def test_a_wrong_photo_is_refused(desk: Desk, wrong: bytes) -> None:
    (desk.folder / "applicant.jpg").write_bytes(wrong)
    assert "[photo-" in desk.sign(desk.folder / "contract.pdf", status=10).stderr


def test_a_signed_document_cannot_be_signed_once_more_for_the_same_recipient(desk: Desk) -> None:
    desk.sign(desk.folder / "contract.pdf", "--out", desk.folder / "once.pdf")
    result = desk.sign(desk.folder / "once.pdf", "--out", desk.folder / "twice.pdf", status=10)
    assert "[document-signed-already]" in result.stderr
    assert not (desk.folder / "twice.pdf").exists()


def test_a_passphrase_file_that_others_may_read_is_refused(desk: Desk) -> None:
    other = desk.folder / "passphrase"
    other.write_text("a passphrase for tests\n", "utf-8")
    other.chmod(0o644)
    result = desk.sign(desk.folder / "contract.pdf", "--passphrase-file", other, status=11)
    assert "[passphrase-file-open]" in result.stderr


@pytest.mark.parametrize("victim", ["applicant.json", "applicant.jpg", "ca/keys/custodian.pem", "ca/new.pdf"])
def test_a_result_is_never_written_over_what_the_run_needs(desk: Desk, victim: str) -> None:
    path = desk.folder / victim
    before = path.read_bytes() if path.exists() else None
    result = desk.sign(desk.folder / "contract.pdf", "--out", path, "--overwrite", status=10)
    assert "[output-is-input]" in result.stderr
    assert (path.read_bytes() if path.exists() else None) == before


def test_an_earlier_result_and_its_key_are_not_replaced_by_accident(desk: Desk) -> None:
    desk.sign(desk.folder / "contract.pdf")
    key = desk.folder / "contract.signed.envelope-key.cms"
    before = key.read_bytes()
    assert "[output-exists]" in desk.sign(desk.folder / "contract.pdf", status=13).stderr
    (desk.folder / "contract.signed.pdf").rename(desk.folder / "handed-out.pdf")
    assert "[output-exists]" in desk.sign(desk.folder / "contract.pdf", status=13).stderr
    assert key.read_bytes() == before
    desk.sign(desk.folder / "contract.pdf", "--overwrite")
    assert key.read_bytes() != before


def test_a_name_that_no_certificate_holds_is_refused_with_the_limit(desk: Desk) -> None:
    recipient = desk.recipient(name="欧" * 22)
    result = desk.run("sign", desk.folder / "contract.pdf", "--recipient", recipient, status=10)
    assert "[recipient-name-too-long]" in result.stderr


def test_below_b_lt_signing_says_what_verifying_will_say(desk: Desk) -> None:
    assert "INDETERMINATE" in desk.sign(desk.folder / "contract.pdf", "--level", "B-T").stdout


def test_a_wrong_passphrase_is_said_to_be_wrong(desk: Desk) -> None:
    other = desk.folder / "passphrase"
    other.write_text("not the right one\n", "utf-8")
    other.chmod(0o600)
    result = desk.sign(desk.folder / "contract.pdf", "--passphrase-file", other, status=11)
    assert "[wrong-passphrase]" in result.stderr


def test_a_timestamp_authority_that_is_down_leaves_nothing_and_says_try_again(desk: Desk) -> None:
    result = desk.sign(desk.folder / "contract.pdf", "--tsa", "http://127.0.0.1:9/", status=12)
    assert "[tsa-unreachable]" in result.stderr
    assert not (desk.folder / "contract.signed.pdf").exists()


def test_an_interrupted_timestamp_never_lowers_the_level(desk: Desk) -> None:
    class Down:
        token_size_bound = 8192

        def timestamp(self, digest: bytes) -> None:
            raise TrustServiceUnavailable("tsa-down", f"no answer for {len(digest)} bytes", "try again later")

    desk.changes["remote_timestamp_authority"] = lambda _url, _trust: Down()
    result = desk.sign(desk.folder / "contract.pdf", "--tsa", "http://tsa.example/", status=12)
    assert "[tsa-down]" in result.stderr
    assert not list(desk.folder.glob("contract.signed*"))


def test_a_clock_that_is_wrong_against_the_timestamp_stops_the_signing(desk: Desk) -> None:
    desk.changes["clock"] = lambda: datetime.now(UTC) - timedelta(hours=2)
    result = desk.sign(desk.folder / "contract.pdf", status=10)
    assert "[clock-disagrees]" in result.stderr


def test_help_shows_an_example(desk: Desk) -> None:
    for command in ("sign", "verify", "inspect"):
        assert "Example" in desk.run(command, "--help").stdout
