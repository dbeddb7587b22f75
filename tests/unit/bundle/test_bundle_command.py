"""`esign bundle check`, in the process that it starts for the file: verdicts, statuses, both languages, limits."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from esign.bundle.checking.check import check_bundle
from esign.bundle.layout import RENEWED_TIMESTAMP
from esign.exports.der_files import pem_of
from esign.infra.quarantine.typed_forms import form_of
from esign.judging.opening import opened_file
from esign.judging.question import JudgingLimits
from esign.judging.single_bundle import single_bundle_judge
from esign.trail.checkpoint import read_token
from esign.verify.report import time_text
from tests.bundles import Case, container_of, members_of
from tests.command import Desk
from tests.renewed_bundles import RenewedCase
from tests.service import YU, short_request

ROOT = Path(__file__).parents[3]
_FIRST_IMPORTS = """
import json, sys
from io import BytesIO
from pathlib import Path
from esign.judging.bundle_task import CHECK, TABLE
TABLE.warm({})
form, attachments = json.loads(sys.stdin.readline()), [bytes.fromhex(one) for one in json.loads(sys.stdin.readline())]
data = BytesIO(Path(sys.argv[1]).read_bytes())
before = set(sys.modules)
answer = TABLE.file_tasks[CHECK]({"question": form}, attachments, data)
assert answer.value["readable"]
print(json.dumps(sorted(set(sys.modules) - before)))
"""


@pytest.fixture(scope="module")
def desk(case: Case, bundle: bytes, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A folder with a bundle, the root and the log's key, and nothing of the service."""
    desk = Desk(tmp_path_factory.mktemp("auditor"))
    (desk.folder / "contract.asice").write_bytes(bundle)
    root = next(content for name, content in case.members.items() if name.startswith("certificates/roots/"))
    (desk.folder / "root.pem").write_bytes(root)
    (desk.folder / "trail.key").write_text(case.log_key + "\n")
    (desk.folder / "empty.asice").write_bytes(b"")
    return desk


def check(desk: Desk, name: str, *more: str | Path, status: int) -> Mapping[str, Any]:
    options = ("--trust", desk.folder / "root.pem", "--log-key", desk.folder / "trail.key")
    return desk.json("bundle", "check", desk.folder / name, *options, *more, status=status)


def test_since_when_the_end_is_proven_by_renewed_timestamps_is_told(renewed: RenewedCase, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    (tmp_path / "contract.asice").write_bytes(renewed.exported)
    (tmp_path / "root.pem").write_bytes(b"".join(pem_of(one.certificate) for one in renewed.trust.anchors))
    (tmp_path / "trail.key").write_text(renewed.log_key + "\n")
    told = check(desk, "contract.asice", status=0)
    since = time_text(read_token(renewed.members[RENEWED_TIMESTAMP]).gen_time)
    assert since is not None
    assert told["checkpoint"]["end_proven_since"] == since
    options = (
        "--trust",
        tmp_path / "root.pem",
        "--log-key",
        tmp_path / "trail.key",
        "--no-pictures",
        "--lang",
        "zh-CN",
    )
    said = desk.run("bundle", "check", tmp_path / "contract.asice", *options).stdout
    assert "经续期的时间戳证明" in said


def test_a_bundle_passes_with_exit_status_0(desk: Desk, case: Case) -> None:
    told = check(desk, "contract.asice", status=0)
    assert (told["schema"], told["conclusion"], told["findings"]) == ("esign-bundle-check/1", "TOTAL-PASSED", [])
    assert (told["envelope"], told["mode"]) == (case.envelope.id, "test")
    assert set(told["steps"].values()) == {"TOTAL-PASSED"}


def test_without_root_and_key_it_is_undecided_with_exit_status_2(desk: Desk) -> None:
    told = desk.json("bundle", "check", desk.folder / "contract.asice", status=2)
    assert told["conclusion"] == "INDETERMINATE"
    assert {finding["severity"] for finding in told["findings"]} == {"warning"}


def test_people_are_told_that_no_root_is_believed_and_where_to_get_one(desk: Desk) -> None:
    told = desk.run("bundle", "check", desk.folder / "contract.asice", "--no-pictures", status=2).stdout
    assert "get the insurer's another way than with the bundle, and name it with --trust" in told
    (sealed,) = [line for line in told.splitlines() if "sealed by" in line]
    assert sealed.endswith(", at a time not proven yet")
    options = ("--trust", desk.folder / "root.pem", "--no-pictures")
    assert (
        "No root is believed"
        not in desk.run("bundle", "check", desk.folder / "contract.asice", *options, status=2).stdout
    )


def test_a_bundle_without_a_sealed_document_is_undecided_until_its_seal_is_named(
    desk: Desk, case: Case, contract: bytes
) -> None:
    envelope = case.office.void(case.office.desk.create(short_request(contract, YU)))
    (desk.folder / "voided.asice").write_bytes(case.office.bundle(envelope))
    (desk.folder / "seal.pem").write_bytes(pem_of(case.authority.seal.certificate))
    (desk.folder / "another.pem").write_bytes((desk.folder / "root.pem").read_bytes())
    assert check(desk, "voided.asice", status=2)["conclusion"] == "INDETERMINATE"
    assert check(desk, "voided.asice", "--seal", desk.folder / "seal.pem", status=0)["findings"] == []
    told = check(desk, "voided.asice", "--seal", desk.folder / "another.pem", status=1)
    assert [finding["code"] for finding in told["findings"]] == ["sealer-not-named"]


def test_an_edited_bundle_fails_with_exit_status_1_and_names_the_member(desk: Desk, bundle: bytes) -> None:
    edited = container_of({**members_of(bundle), "README.html": b"other"})
    (desk.folder / "edited.asice").write_bytes(edited)
    told = check(desk, "edited.asice", "--lang", "zh-CN", status=1)
    (finding,) = told["findings"]
    assert (finding["code"], finding["member"]) == ("member-changed", "README.html")
    assert finding["message"].startswith("该成员不是签名时的内容")


def test_what_is_no_bundle_has_exit_status_4_and_still_json(desk: Desk) -> None:
    told = check(desk, "empty.asice", status=4)
    assert (told["readable"], told["bundle"]["bytes"]) == (False, 0)


def test_a_bundle_that_takes_too_long_has_reached_a_limit(desk: Desk) -> None:
    told = check(desk, "contract.asice", "--seconds", "0.1", status=4)
    assert [finding["code"] for finding in told["findings"]] == ["limit-reached"]


def test_people_are_told_each_step_in_their_language(desk: Desk) -> None:
    options = ("--trust", desk.folder / "root.pem", "--log-key", desk.folder / "trail.key", "--no-pictures")
    chinese = desk.run("bundle", "check", desk.folder / "contract.asice", *options, "--lang", "zh-CN").stdout
    assert "证据包完整" in chinese
    assert "测试模式下签署的：没有法律效力" in chinese
    assert chinese.count("  ok  ") == 7
    english = desk.run("bundle", "check", desk.folder / "empty.asice", status=4).stdout
    assert english.startswith("TOTAL-FAILED  empty.asice\nDo not rely on this bundle")


def test_the_verdict_is_the_one_that_it_is_without_a_process(desk: Desk, case: Case, bundle: bytes) -> None:
    question = case.question()
    with (
        opened_file(desk.folder / "contract.asice") as file,
        single_bundle_judge(file, JudgingLimits()) as judge,
    ):
        assert judge.check(question) == check_bundle(bundle, question)


def test_nothing_is_imported_by_checking_once_it_is_confined(desk: Desk, case: Case) -> None:
    attachments: list[bytes] = []
    form = form_of(case.question(pictures=True), attachments)
    asked = json.dumps(form) + "\n" + json.dumps([one.hex() for one in attachments]) + "\n"
    done = subprocess.run(
        [sys.executable, "-c", _FIRST_IMPORTS, str(desk.folder / "contract.asice")],
        input=asked.encode(),
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    assert json.loads(done.stdout) == []
