"""Policies are data: named, versioned, read strictly, and every mistake in one is told in one line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ca.authority.profiles import CERTIFICATE_POLICY
from esign.ceremony.domain.values import EnvelopeState, RecipientRole
from esign.operations.stand_ins import STAND_INS as OPERATED
from esign.pades.level import Level
from esign.verify.acceptance.errors import PolicyRefused
from esign.verify.acceptance.knowledge import STATES
from esign.verify.acceptance.policy import BYTES_AT_MOST, CODES, named_policies, parse_policy, policy_named
from esign.verify.acceptance.reading import read_acceptance
from esign.verify.acceptance.requirements.people import ROLES
from esign.verify.acceptance.requirements.signatures import LEVELS
from esign.verify.acceptance.requirements.stand_ins import STAND_INS, NoStandIns
from esign.verify.acceptance.verdict import Acceptance, AcceptanceVerdict, RequirementVerdict, conclude_acceptance
from esign.verify.acceptance.words import SENTENCES, TITLES, VERDICTS, Words, sentence, title, verdict_sentence

HEAD = 'schema = "esign-acceptance/1"\nname = "ours"\nversion = 3\ntitle = {zh = "合同", en = "A contract"}\n'


def test_the_policies_that_come_with_the_product_are_read_under_their_names() -> None:
    assert set(named_policies()) == {"any-trusted-signature", "insurance-contract", "insurance-contract-test"}
    assert [one.code for one in policy_named("any-trusted-signature").requirements] == ["signatures-valid"]
    assert all(policy.said("zh") != policy.said("en") for policy in named_policies().values())


def test_the_usual_policy_asks_everything_but_whether_private_evidence_was_kept() -> None:
    asked = [one.code for one in policy_named("insurance-contract").requirements]
    assert set(CODES) - set(asked) == {"evidence-openable"}


def test_only_the_policy_for_trying_out_allows_stand_ins() -> None:
    allowed = {
        policy.name: one.allowed
        for policy in named_policies().values()
        for one in policy.requirements
        if isinstance(one, NoStandIns)
    }
    assert allowed == {"insurance-contract": (), "insurance-contract-test": STAND_INS}


def test_the_embedded_authority_is_known_by_its_certificate_policy() -> None:
    marks = [
        one.test_policies
        for policy in named_policies().values()
        for one in policy.requirements
        if isinstance(one, NoStandIns)
    ]
    assert marks == [(CERTIFICATE_POLICY.dotted_string,)] * 2


def test_a_policys_words_are_those_of_the_rooms_they_come_from() -> None:
    assert tuple(EnvelopeState) == STATES
    assert set(ROLES) == {role.value for role in RecipientRole} - {"copy"}
    assert ("none", *LEVELS) == tuple(level.value for level in Level)
    assert set(STAND_INS) - set(OPERATED) == {"test-mode"}


def test_a_policy_says_its_name_version_and_what_it_requires() -> None:
    policy = parse_policy((HEAD + '[require.our-seal]\ncertificates = ["' + "ab" * 32 + '"]').encode(), "ours.toml")
    assert (policy.name, policy.version, policy.title) == ("ours", 3, Words("合同", "A contract"))
    assert policy.seals == {"ab" * 32}


def test_the_page_about_acceptance_shows_a_policy_that_is_one_and_names_every_requirement() -> None:
    page = (Path(__file__).parents[3] / "docs" / "acceptance.md").read_text("utf-8")
    (shown,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert parse_policy(shown.encode(), "acceptance.md").name == "branch-counter"
    assert set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)) == {*CODES, *named_policies()}


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("name = ", "policy-toml", "p.toml: it is not TOML"),
        ("", "policy-schema", "schema = 'esign-acceptance/1'"),
        (HEAD.replace('"ours"', '"Our Policy"') + "[require.our-seal]", "policy-value", "name must be lower-case"),
        (HEAD.replace("3", "0") + "[require.our-seal]", "policy-value", "version must be a whole number"),
        (HEAD.replace("3", "true") + "[require.our-seal]", "policy-value", "version must be a whole number"),
        (HEAD.replace("zh =", "fr ="), "policy-value", "[title]: zh must be a text"),
        (HEAD, "policy-value", "require must be a table"),
        (HEAD + "[require]", "policy-empty", "would accept anything"),
        (HEAD + "accept = true\n[require.our-seal]", "policy-key-unknown", "nothing is called 'accept'"),
        (HEAD + "[require.our-seals]", "policy-requirement-unknown", "did you mean our-seal?"),
        (HEAD + "[require.zzz]", "policy-requirement-unknown", "there are signatures-valid, our-seal"),
        (HEAD + "[require]\nour-seal = true", "policy-value", "require.our-seal must be a table"),
        (HEAD + '[require.our-seal]\ncertificate = "ab"', "policy-key-unknown", "did you mean certificates?"),
        (HEAD + '[require.our-seal]\ncertificates = ["ab"]', "policy-value", "[require.our-seal]: certificates holds"),
        (HEAD + '[require.roles-signed]\nroles = ["owner"]', "policy-value", "roles may hold applicant, insured"),
        (HEAD + '[require.roles-signed]\nroles = ["agent", "agent"]', "policy-value", "or one twice"),
        (HEAD + '[require.roles-signed]\nroles = "agent"', "policy-value", "roles must be a list"),
        (HEAD + "[require.roles-signed]\nplanned = 1", "policy-value", "planned must be true or false"),
        (HEAD + "[require.level-reached]", "policy-value", "level must be one of B-B, B-T, B-LT, B-LTA"),
        (HEAD + '[require.state-in-force]\nstates = ["gone"]', "policy-value", "states may hold draft"),
        (HEAD + '[require.no-stand-ins]\nallowed = ["outbox"]', "policy-value", "allowed may hold embedded"),
        (HEAD + "[require.manifest-matches]\nstrict = true", "policy-key-unknown", "nothing is called 'strict'"),
    ],
)
def test_what_is_wrong_with_a_policy_is_told_in_one_line(text: str, code: str, said: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        parse_policy(text.encode(), "p.toml")
    assert refused.value.code == code
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "data", [b"\xff\xfe", b"a = " + b"[" * 5000, b"a=1\n" * BYTES_AT_MOST], ids=["text", "deep", "size"]
)
def test_a_policy_file_that_is_no_text_too_deep_or_too_large_is_refused(data: bytes) -> None:
    with pytest.raises(PolicyRefused):
        parse_policy(data, "p.toml")


def test_a_policy_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(PolicyRefused, match="there are any-trusted-signature, insurance-contract") as refused:
        policy_named("insurance")
    assert refused.value.code == "policy-unknown"


@pytest.mark.parametrize(
    ("met", "verdict"),
    [
        ([True, True], "ACCEPTED"),
        ([True, None], "UNDECIDED"),
        ([None, False, True], "NOT-ACCEPTED"),
        ([False], "NOT-ACCEPTED"),
        ([], "UNDECIDED"),
    ],
)
def test_one_requirement_that_is_unmet_decides_and_one_that_is_unknown_leaves_it_open(
    met: list[bool | None], verdict: str
) -> None:
    assert conclude_acceptance(RequirementVerdict("our-seal", one, "whole") for one in met) == verdict


def test_every_requirement_has_a_name_and_sentences_in_both_languages() -> None:
    assert set(TITLES) == set(SENTENCES) == set(CODES)
    everything = [*TITLES.values(), *VERDICTS.values(), *(one for said in SENTENCES.values() for one in said.values())]
    assert all(one.en.isascii() and not one.zh.isascii() for one in everything)
    assert set(VERDICTS) == set(AcceptanceVerdict)
    assert (title("our-seal", "zh"), verdict_sentence("ACCEPTED", "en")) == (
        "有本公司印章且完好",
        "It meets the policy.",
    )


def test_an_acceptance_is_read_back_from_its_json_and_said_in_either_language() -> None:
    facts = {"state": "voided", "as_of": "2026-11-26 08:00 UTC"}
    known = RequirementVerdict("state-in-force", False, "ended", facts)
    kept = Acceptance(
        "ours", 3, AcceptanceVerdict.NOT_ACCEPTED, (known, RequirementVerdict("our-seal", None, "undecided"))
    )
    form = json.loads(json.dumps(kept.as_json()))
    read = read_acceptance(form)
    assert read == kept
    assert read.requirements[0].said("zh") == "签署任务已终止：已撤销。"
    assert read_acceptance(None) is None


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "FINE"},
        {"policy": "Our Policy"},
        {"version": "3"},
        {"requirements": {}},
        {"requirements": ["our-seal"]},
        {"requirements": [{"code": "our-seal", "met": 1, "reason": "whole", "facts": {}}]},
        {"requirements": [{"code": "our seal", "met": True, "reason": "whole", "facts": {}}]},
        {"requirements": [{"code": "our-seal", "met": True, "reason": "whole", "facts": []}]},
    ],
)
def test_an_acceptance_in_another_form_is_not_read(change: dict[str, object]) -> None:
    form = Acceptance("ours", 3, AcceptanceVerdict.UNDECIDED, ()).as_json()
    with pytest.raises(ValueError, match=r"not in its form|is not a valid"):
        read_acceptance(form | change)


def test_a_requirement_of_a_later_version_is_read_and_told_by_its_codes() -> None:
    form = Acceptance("ours", 3, AcceptanceVerdict.UNDECIDED, ()).as_json()
    form["requirements"] = [{"code": "cooled-off", "met": None, "message": "", "reason": "too-early", "facts": {}}]
    read = read_acceptance(form)
    assert read is not None
    assert read.as_json()["requirements"][0]["message"] == "cooled-off: too-early"


def test_codes_among_the_facts_are_said_in_the_readers_language_and_a_strangers_braces_are_text() -> None:
    told = RequirementVerdict("roles-signed", False, "missing", {"roles": "applicant, {x}"})
    assert told.said("zh") == "缺少有效签名：投保人、{x}。"
    assert told.message == "A valid signature is missing: applicant, {x}."
    wanting = RequirementVerdict(
        "identity-assured", False, "wanting", {"levels": "not-verified", "fields": "applicant"}
    )
    assert wanting.said("zh") == "身份核实级别不足（未经核实）：投保人。"


def test_a_chinese_reader_reads_roles_and_times_as_they_are_said_in_china() -> None:
    missing = sentence("consents-given", "missing", {"fields": "applicant, insured"}, "zh")
    assert missing == "缺少同意事项：投保人、被保险人。"
    known = sentence("in-our-trail", "known", {"as_of": "2026-11-26 18:29 UTC"}, "zh")
    assert known == "本公司记录中有此文件（截至北京时间 2026-11-27 02:29）。"
    assert "18:29 UTC" in sentence("in-our-trail", "known", {"as_of": "2026-11-26 18:29 UTC"}, "en")
    assert "later" in sentence("in-our-trail", "known", {"as_of": "later"}, "zh")
