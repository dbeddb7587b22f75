"""Names: rare characters that the fonts have are printed, others are refused when the name is entered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy.errors import PolicyRefused
from policy.proposing.names import LONGEST, check_name, unprintable, unprintable_names
from policy.typefaces import printed_typefaces
from tests.unit.policy.policy_people import MOTHER, SON, for_a_child, proposal
from wsgi import find_typeface

TYPEFACES = printed_typefaces(find_typeface())


@pytest.mark.parametrize("name", ["于文山", "𠮷田雅子", "王㛃", "李䶮", "阿卜杜热合曼·买买提", "O'Neill", "José"])
def test_a_name_whose_characters_every_typeface_has_is_taken(name: str) -> None:
    assert check_name(name, TYPEFACES) == name


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("叶\U00031350", "U+31350"),
        ("叶\ue000", "U+E000"),
        ("叶\u202e禾", "U+202E"),
        ("叶\u200b禾", "U+200B"),
        ("😀", "U+1F600"),
    ],
)
def test_a_character_that_cannot_be_printed_or_seen_is_named_by_its_number(name: str, number: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        check_name(name, TYPEFACES)
    assert refused.value.code == "name-character-unprintable"
    assert refused.value.about == (number,)
    assert number in refused.value.zh
    assert number in refused.value.en


def test_a_decomposed_name_is_composed_and_loses_the_space_around_it() -> None:
    assert check_name("  Jose\u0301 ", TYPEFACES) == "José"


@pytest.mark.parametrize(("name", "code"), [(" ", "name-empty"), ("于" * (LONGEST + 1), "name-too-long")])
def test_no_name_and_one_that_does_not_fit_are_refused(name: str, code: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        check_name(name, TYPEFACES)
    assert refused.value.code == code


def test_what_is_unprintable_is_told_once_and_in_order() -> None:
    assert unprintable("b\u202ea\ue000\u202e", TYPEFACES) == "\u202e\ue000"


def test_each_name_of_a_proposal_that_cannot_be_printed_is_found_by_its_field() -> None:
    heir = replace(proposal().beneficiaries[1], name="于\U00031350溪")
    wrong = proposal(insured=replace(MOTHER, name="叶\U00031350"), beneficiaries=(proposal().beneficiaries[0], heir))
    found = list(unprintable_names(wrong, TYPEFACES))
    assert [(one.code, one.field, one.about) for one in found] == [
        ("name-character-unprintable", "insured.name", ("U+31350",)),
        ("name-character-unprintable", "beneficiaries[1].name", ("U+31350",)),
    ]
    assert "U+31350" in found[0].zh


def test_a_guardians_name_is_looked_at_and_one_that_can_be_printed_is_let_through() -> None:
    guardian = for_a_child().guardian
    assert guardian is not None
    wrong = for_a_child(guardian=replace(guardian, party=replace(SON, name="于\ue000山")))
    assert [one.field for one in unprintable_names(wrong, TYPEFACES)] == ["guardian.party.name"]
    assert list(unprintable_names(proposal(applicant=replace(SON, name="𠮷田㛃")), TYPEFACES)) == []
