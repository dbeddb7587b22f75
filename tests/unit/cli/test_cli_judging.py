"""`esign verify`, `inspect`, `doctor` and `ca`: verdicts and exit statuses, evidence in and out, what is missing."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from ca.authority import create_authority
from ca.ports import FETCH_SECONDS, HttpAnswer, TransportFailed, TransportFailure
from ca.remote import FetchLimits, RemoteValidationData
from esign.cli.output import printable
from tests.authority import present_time
from tests.command import PASSPHRASE, Desk, set_up_desk
from tests.trusted_lists import operator_of_a_list, trusted_list_of


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, contract: bytes) -> Desk:
    """A desk on which a contract was signed with the photo visible."""
    desk = set_up_desk(
        tmp_path_factory.mktemp("desk"),
        contract,
        lambda folder: create_authority(folder, passphrase=PASSPHRASE.encode(), clock=present_time),
    )
    desk.sign(desk.folder / "contract.pdf", "--seal", "--photo", "visible", "--out", desk.folder / "signed.pdf")
    return desk


def test_the_verdict_is_passed_with_exit_status_0(desk: Desk) -> None:
    text = desk.run("verify", desk.folder / "signed.pdf").stdout
    assert text.startswith("TOTAL-PASSED")
    assert "manifest bound to the certificate" in text


def test_without_the_root_the_verdict_is_not_recognised(desk: Desk, tmp_path: Path) -> None:
    told = desk.json("verify", desk.folder / "signed.pdf", "--ca", tmp_path / "nowhere", status=2)
    assert told["conclusion"] == "INDETERMINATE"
    assert {s["integrity"] for s in told["signatures"]} == {"intact"}


def test_a_changed_byte_fails_with_exit_status_1(desk: Desk) -> None:
    changed = bytearray((desk.folder / "signed.pdf").read_bytes())
    changed[len(changed) // 4] ^= 1
    (desk.folder / "changed.pdf").write_bytes(changed)
    assert desk.json("verify", desk.folder / "changed.pdf", status=1)["conclusion"] == "TOTAL-FAILED"


def test_an_unsigned_file_has_exit_status_3(desk: Desk) -> None:
    assert desk.json("verify", desk.folder / "contract.pdf", status=3)["conclusion"] == "NO-SIGNATURE"


def test_what_is_no_pdf_has_exit_status_4_and_still_json(desk: Desk) -> None:
    (desk.folder / "wrong.pdf").write_bytes(b"hello")
    assert desk.json("verify", desk.folder / "wrong.pdf", status=4)["findings"]


def test_a_password_whose_bytes_are_no_text_is_no_crash(desk: Desk) -> None:
    told = desk.json("verify", desk.folder / "signed.pdf", "--password", "\udcff\udcfe")
    assert told["conclusion"] == "TOTAL-PASSED"


def test_a_missing_file_is_an_error_not_a_verdict(desk: Desk) -> None:
    assert "[document-unreadable]" in desk.run("verify", desk.folder / "no.pdf", status=10).stderr


def test_inspect_extracts_what_lies_open_and_leaves_sealed_what_is_sealed(desk: Desk) -> None:
    told = desk.json("inspect", desk.folder / "signed.pdf", "--extract", desk.folder / "taken")
    assert sorted(f["name"] for f in told["files"]) == ["handwriting.cms", "manifest.json", "photo.jpg"]
    photo = (desk.folder / "taken/applicant/photo.jpg").read_bytes()
    manifest = (desk.folder / "taken/applicant/manifest.json").read_text()
    assert hashlib.sha256(photo).hexdigest() in manifest


def test_the_custodian_opens_the_strokes_that_were_recorded(desk: Desk) -> None:
    desk.run(
        "inspect", desk.folder / "signed.pdf", "--extract", desk.folder / "opened",
        "--custodian-key", desk.folder / "ca/keys/custodian.pem",
        "--envelope-key", desk.folder / "signed.envelope-key.cms",
    )  # fmt: skip
    strokes = (desk.folder / "opened/applicant/handwriting.json").read_bytes()
    assert strokes.startswith(b'{"channels"')
    assert (desk.folder / "opened/applicant/handwriting.png").read_bytes().startswith(b"\x89PNG")


def test_opening_needs_both_keys_and_a_folder(desk: Desk) -> None:
    result = desk.run(
        "inspect", desk.folder / "signed.pdf", "--custodian-key", desk.folder / "ca/keys/custodian.pem", status=10
    )
    assert "[inspect-options-incomplete]" in result.stderr


def test_another_key_does_not_open_the_envelope(desk: Desk) -> None:
    result = desk.run(
        "inspect", desk.folder / "signed.pdf", "--extract", desk.folder / "stolen",
        "--custodian-key", desk.folder / "ca/keys/seal.pem",
        "--envelope-key", desk.folder / "signed.envelope-key.cms", status=10,
    )  # fmt: skip
    assert "[sealed-item-unopenable]" in result.stderr
    assert not (desk.folder / "stolen").exists()


def test_a_second_init_is_refused(desk: Desk) -> None:
    assert "[authority-exists]" in desk.run("ca", "init", status=11).stderr


def test_show_lists_every_certificate_as_for_testing(desk: Desk) -> None:
    told = desk.json("ca", "show")
    assert [c["role"] for c in told["certificates"]] == ["root", "issuing", "tsa", "ocsp", "seal", "custodian"]
    assert all("FOR TESTING ONLY" in c["subject"] for c in told["certificates"])


def test_the_doctor_says_what_is_missing_and_how_to_mend_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESIGN_FONT", str(desk.folder / "no-font.ttf"))
    told = desk.json("doctor", status=10)
    typeface = next(check for check in told["checks"] if check["name"] == "typeface")
    assert not typeface["passed"]
    assert "fonts-noto-cjk" in typeface["said"]


def test_a_strangers_text_cannot_command_the_terminal() -> None:
    assert printable("名字\x1b[2J\u202e\n") == "名字�[2J��"


def test_the_time_of_judgement_may_be_chosen(desk: Desk) -> None:
    signed = desk.folder / "signed.pdf"
    assert desk.json("verify", signed, status=0)["validation_time"] is not None
    told = desk.json("verify", signed, "--at", "2090-01-01T01:00:00+01:00", status=2)
    assert told["validation_time"] == "2090-01-01T00:00:00Z"
    assert {s["best_signature_time"] for s in told["signatures"]} == {None}
    assert "not a time" in desk.run("verify", signed, "--at", "tomorrow", status=2).stderr


def test_other_constraints_on_algorithms_may_be_given(desk: Desk, tmp_path: Path) -> None:
    constraints = tmp_path / "constraints.toml"
    constraints.write_text('source = "nobody"\nsignatures = []\n[digests]\nsha256 = 2020-01-01\n')
    told = desk.json("verify", desk.folder / "signed.pdf", "--algorithms", constraints, status=2)
    assert {s["sub_indication"] for s in told["signatures"]} == {"CRYPTO_CONSTRAINTS_FAILURE"}
    constraints.write_text("digests = 7")
    refused = desk.run("verify", desk.folder / "signed.pdf", "--algorithms", constraints, status=10)
    assert "[algorithm-constraints-unreadable]" in refused.stderr


def test_what_is_missing_is_fetched_only_where_that_is_said(desk: Desk, tmp_path: Path) -> None:
    desk.sign(desk.folder / "contract.pdf", "--level", "B-T", "--out", tmp_path / "b-t.pdf")
    asked: list[str] = []

    class Nobody:
        def get(self, url: str, **_: object) -> HttpAnswer:
            asked.append(url)
            raise TransportFailed(TransportFailure.UNREACHABLE, "nobody is there")

        post = get

    allowed: list[float] = []

    def asking(seconds: float) -> RemoteValidationData:
        allowed.append(seconds)
        return RemoteValidationData(present_time, Nobody(), limits=FetchLimits(seconds=seconds))

    offline = replace(desk, changes={"validation_data": asking})
    told = offline.json("verify", tmp_path / "b-t.pdf", status=2)
    assert (asked, told["signatures"][0]["sub_indication"]) == ([], "TRY_LATER")
    told = offline.json("verify", tmp_path / "b-t.pdf", "--online", status=2)
    assert asked
    assert sum(finding["code"] == "fetch-failed" for finding in told["findings"]) == len(set(asked))
    offline.json("verify", tmp_path / "b-t.pdf", "--online", "--online-seconds", "2.5", status=2)
    assert allowed == [FETCH_SECONDS, 2.5]
    assert "--online-seconds is for --online" in desk.run("verify", "x.pdf", "--online-seconds", "2", status=2).stderr


def test_the_services_of_a_trusted_list_are_believed(desk: Desk, tmp_path: Path) -> None:
    """Our own root as a service that is granted, on a list that an operator of this test signed."""
    operator, root = operator_of_a_list(), desk.folder / "ca" / "certificates" / "root.pem"
    (tmp_path / "operator.pem").write_bytes(operator.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "list.xml").write_bytes(trusted_list_of(root, operator, at=present_time()))
    offered = ("--ca", tmp_path / "nowhere", "--trusted-list", tmp_path / "list.xml")
    signed = desk.folder / "signed.pdf"
    told = desk.json("verify", signed, *offered, "--list-signer", tmp_path / "operator.pem", status=0)
    assert told["conclusion"] == "TOTAL-PASSED"
    refused = desk.run("verify", signed, *offered, "--list-signer", root, status=11)
    assert "[trusted-list-unusable]" in refused.stderr
    assert "--list-signer" in desk.run("verify", signed, *offered, status=2).stderr
