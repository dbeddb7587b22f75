"""`esign verify --policy`: the second verdict, by a policy, by the seal's certificate and by an exported trail."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ca.authority import EmbeddedAuthority
from esign.ceremony.domain.values import PromisedLevel
from esign.cli.acceptance import Acceptor
from esign.infra.database import open_database
from esign.pades.typeface import Typeface
from esign.verify.acceptance.policy import policy_named
from tests.command import Desk
from tests.databases import create_tables
from tests.recognised import ORIGIN, Office
from tests.service import YU, short_request

POLICY = """
schema = "esign-acceptance/1"
name = "short"
version = 7
title = {zh = "简短", en = "What a short contract meets"}
[require.signatures-valid]
[require.our-seal]
[require.roles-signed]
roles = ["applicant"]
[require.in-our-trail]
[require.trail-fixed]
[require.state-in-force]
"""


@pytest.fixture(scope="module")
def desk(
    tmp_path_factory: pytest.TempPathFactory, authority: EmbeddedAuthority, typeface: Typeface, contract: bytes
) -> Iterator[Desk]:
    """A folder with a sealed document, the trail it is in, the trail's key, root and seal, and a policy."""
    folder = tmp_path_factory.mktemp("acceptance")
    database = open_database(f"sqlite:///{folder}/esign.db")
    create_tables(database)
    office = Office.open(database, folder, authority, typeface)
    envelope = office.desk.create(short_request(contract, YU, level=PromisedLevel.B_LT))
    office.desk.play(envelope, 0, YU)
    office.desk.work()
    office.publish()
    (folder / "sealed.pdf").write_bytes(office.sealed(envelope))
    (folder / "trail.jsonl").write_bytes(office.export().getvalue())
    (folder / "trail.key").write_text(ORIGIN.verifier(office.key.public_key).vkey + "\n")
    (folder / "seal.cer").write_bytes(authority.seal.certificate)
    (folder / "root.cer").write_bytes(authority.roots[0])
    (folder / "short.toml").write_text(POLICY, "utf-8")
    database.close()
    yield Desk(folder)


def asked(desk: Desk, *more: str | Path) -> list[str | Path]:
    return ["verify", desk.folder / "sealed.pdf", "--no-pictures", "--trust", desk.folder / "root.cer", *more]


def trail(desk: Desk) -> list[str | Path]:
    return ["--trail", desk.folder / "trail.jsonl", "--trail-key", desk.folder / "trail.key"]


def test_what_meets_the_policy_is_accepted_with_exit_status_0(desk: Desk) -> None:
    told = desk.json(
        *asked(desk, "--policy", desk.folder / "short.toml", *trail(desk), "--seal", desk.folder / "seal.cer")
    )
    assert {key: told["acceptance"][key] for key in ("policy", "version", "verdict")} == {
        "policy": "short",
        "version": 7,
        "verdict": "ACCEPTED",
    }
    assert {one["met"] for one in told["acceptance"]["requirements"]} == {True}


def test_what_does_not_is_not_accepted_with_exit_status_5_though_its_signatures_pass(desk: Desk) -> None:
    text = desk.run(*asked(desk, "--policy", "insurance-contract", *trail(desk)), status=5).stdout
    assert text.startswith("TOTAL-PASSED")
    assert "\nNOT-ACCEPTED  by the policy insurance-contract, version 1\nIt does not meet the policy" in text
    assert "  NO   no-stand-ins       Stand-ins took third parties' places" in text
    assert "  yes  our-seal           The seal is whole, and our trail says" in text


def test_what_cannot_be_known_leaves_it_undecided_with_exit_status_6(desk: Desk) -> None:
    text = desk.run(*asked(desk, "--policy", desk.folder / "short.toml"), status=6).stdout
    assert "  ?    our-seal           It cannot be told which seal is ours" in text


def test_a_strangers_policy_is_met_by_any_trusted_signature_and_without_one_nothing_is_said(desk: Desk) -> None:
    assert desk.json(*asked(desk, "--policy", "any-trusted-signature"))["acceptance"]["verdict"] == "ACCEPTED"
    assert desk.json(*asked(desk))["acceptance"] is None
    assert "policy" not in desk.run(*asked(desk)).stdout


def test_where_the_signatures_do_not_pass_the_exit_status_is_theirs(desk: Desk, contract: bytes) -> None:
    (desk.folder / "unsigned.pdf").write_bytes(contract)
    told = desk.json("verify", desk.folder / "unsigned.pdf", "--policy", "any-trusted-signature", status=3)
    assert told["acceptance"]["verdict"] == "NOT-ACCEPTED"


def test_of_a_folder_no_verdict_by_another_policy_or_trail_is_taken_over(desk: Desk, tmp_path: Path) -> None:
    policy, table = tmp_path / "short.toml", tmp_path / "verdicts.csv"
    policy.write_text(POLICY, "utf-8")
    (tmp_path / "files").mkdir()
    shutil.copy(desk.folder / "sealed.pdf", tmp_path / "files")
    question = ["verify", tmp_path / "files", "--csv", table, "--no-pictures", "--jobs", "1"]
    question += ["--trust", desk.folder / "root.cer", "--seal", desk.folder / "seal.cer", "--policy", policy]
    assert desk.json(*question, *trail(desk))["acceptance"] == {"ACCEPTED": 1}
    assert desk.json(*question, *trail(desk))["taken_over"] == 1
    policy.write_text(POLICY.replace('["applicant"]', '["applicant", "witness"]'), "utf-8")
    changed = desk.json(*question, *trail(desk), status=1)
    assert (changed["taken_over"], changed["acceptance"]) == (0, {"NOT-ACCEPTED": 1})
    known = Acceptor(policy_named("insurance-contract"), frozenset(), None, "00")
    assert known.basis != replace(known, trail_sha256="01").basis


def test_the_policies_are_listed_with_a_line_each(desk: Desk) -> None:
    lines = desk.run("verify", "--policies").stdout.splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == [
        "any-trusted-signature",
        "insurance-contract",
        "insurance-contract-test",
    ]
    assert any("保险合同" in line for line in lines)


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        (["--policy", "insurance"], 10, "[policy-unknown]"),
        (["--policy", "no/such.toml"], 10, "[policy-unreadable]"),
        (["--policy", "trail.key"], 10, "[policy-toml]"),
        (["--policy", "insurance-contract", "--trail", "trail.jsonl"], 2, "--trail-key belong together"),
        (["--policy", "insurance-contract", "--trail-key", "trail.key"], 2, "--trail-key belong together"),
        (["--seal", "seal.cer"], 2, "give --policy too"),
        (["--policy", "insurance-contract", "--trail", "sealed.pdf", "--trail-key", "trail.key"], 10, "[export-form]"),
        (
            ["--policy", "insurance-contract", "--trail", "no.jsonl", "--trail-key", "trail.key"],
            10,
            "[file-unreadable]",
        ),
        (["--policy", "insurance-contract", "--seal", "trail.key"], 11, "[trust-root-unreadable]"),
    ],
)
def test_what_is_wrong_with_the_question_is_told_in_one_line(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, more: list[str], status: int, said: str
) -> None:
    monkeypatch.chdir(desk.folder)
    assert said in desk.run(*asked(desk, *more), status=status).stderr


def test_the_trail_of_another_log_is_refused(desk: Desk) -> None:
    other = ORIGIN.verifier(b"\x07" * 32).vkey
    more = ["--policy", "insurance-contract", "--trail", desk.folder / "trail.jsonl", "--trail-key", other]
    assert "[export-checkpoint]" in desk.run(*asked(desk, *more), status=10).stderr


def test_judging_a_file_does_not_wait_for_what_only_the_trail_needs() -> None:
    load = "import sys, esign.cli.verification; print('sqlalchemy' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", load], capture_output=True, text=True, check=True)
    assert loaded.stdout == "False\n"
