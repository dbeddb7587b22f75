"""What the customer signs: read whole, the sum acknowledged where one signs, exclusions conspicuous, places found."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import pypdfium2
import pytest

from esign.errors import EsignError
from policy.documents import signing_documents
from policy.documents.filling import page_template
from policy.documents.places import signing_places, signing_roles
from policy.documents.values import Application
from policy.products.catalogue import Kind, PageKind
from policy.products.files import load_catalogue
from tests.policy_papers import application, for_a_child, for_oneself, mother, son
from tests.printed import (
    assert_sound_archive,
    fonts_of_words,
    in_this_order,
    nothing_breaks_out,
    pages_of,
    places_found,
)
from wsgi import find_typeface

KINDS = list(Kind)
PARTS = (
    "投保提示书",
    "产品说明书",
    "现金价值表",
    "条款",
    "投保单",
    "健康告知",
    "银行转账授权书",
    "授权与同意",
    "投保人、被保险人声明",
    "签名页",
)


@cache
def signed_for(kind: Kind) -> bytes:
    return signing_documents(application(kind), find_typeface())


def roles_of(one: Application) -> tuple[str, ...]:
    return signing_roles(one.proposal, agent_signs=one.agent_signs)


@pytest.mark.parametrize("kind", KINDS)
def test_everything_that_is_signed_is_in_one_file_in_its_order(kind: Kind) -> None:
    pages = pages_of(signed_for(kind))
    assert in_this_order(pages[1], PARTS)
    for number, text in enumerate(pages[1:], start=2):
        assert f"第{number}页/共{len(pages)}页" in text
    assert 16 <= len(pages) <= 26


@pytest.mark.parametrize("kind", KINDS)
def test_each_signature_has_its_empty_box_on_the_last_page(kind: Kind) -> None:
    pdf = signed_for(kind)
    roles = roles_of(application(kind))
    assert roles == ("applicant", "insured", "seal")
    assert set(places_found(pdf, signing_places(roles)).values()) == {len(pages_of(pdf))}


@pytest.mark.parametrize("kind", KINDS)
def test_the_insured_acknowledges_the_sum_in_digits_and_capitals_on_the_page_that_is_signed(kind: Kind) -> None:
    last = pages_of(signed_for(kind))[-1]
    assert "基本保险金额人民币300,000.00元（人民币叁拾万元整）" in last
    assert ("以死亡为给付保险金条件" in last) == (kind is not Kind.CANCER)


@pytest.mark.parametrize("kind", KINDS)
def test_exclusions_are_set_in_bold(kind: Kind) -> None:
    pdf = signed_for(kind)
    for words in ("战争、军事冲突", "核爆炸、核辐射", "天为等待期"):
        assert all("Bold" in name for name in fonts_of_words(pdf, words)), words


@pytest.mark.parametrize("kind", KINDS)
def test_the_archive_format_that_is_claimed_holds(kind: Kind, tmp_path: Path) -> None:
    assert_sound_archive(signed_for(kind), tmp_path)


def test_the_same_proposal_gives_the_same_bytes() -> None:
    assert signing_documents(application(), find_typeface()) == signed_for(Kind.WHOLE_LIFE)


def test_who_insures_himself_signs_once_and_acknowledges_the_sum() -> None:
    one = for_oneself(application())
    pdf = signing_documents(one, find_typeface())
    assert roles_of(one) == ("applicant", "seal")
    places_found(pdf, signing_places(roles_of(one)))
    last = pages_of(pdf)[-1]
    assert "被保险人签名" not in last
    assert "本人为自己投保，认可以死亡为给付保险金条件的基本保险金额人民币300,000.00元" in last


def test_a_minor_does_not_sign_but_the_guardian_does_and_the_agent_where_asked() -> None:
    one = replace(for_a_child(application(), guardian=mother()), agent_signs=True)
    pdf = signing_documents(one, find_typeface())
    assert roles_of(one) == ("applicant", "guardian", "agent", "seal")
    assert set(places_found(pdf, signing_places(roles_of(one))).values()) == {len(pages_of(pdf))}
    last = pages_of(pdf)[-1]
    assert "被保险人签名" not in last
    assert "本人作为被保险人的监护人，同意投保人为其订立本合同，认可以死亡为给付保险金条件的基本保险金额" in last


def test_a_parent_who_applies_signs_for_the_child_too() -> None:
    one = for_a_child(application(), guardian=son())
    assert roles_of(one) == ("applicant", "seal")
    last = pages_of(signing_documents(one, find_typeface()))[-1]
    assert "本人作为被保险人的监护人，同意订立本合同" in last


def test_names_that_are_rare_long_or_look_like_markup_are_printed_as_they_are() -> None:
    name = "𠮷㛃䶮#strong[于]*文*$山$<b>&amp;\\" + "阿卜杜热合曼·" * 4
    address = "栖川市" + "望潮区槐荫路" * 20 + "ThisIsAVeryLongRunOfLettersWithoutASingleSpaceInIt" * 3
    plain = application()
    one = replace(
        plain,
        proposal=replace(
            plain.proposal,
            applicant=replace(son(), name=name, address=address, email="a" * 60 + "@" + "b" * 50 + ".example"),
            insured=replace(mother(), name=name),
        ),
    )
    pdf = signing_documents(one, find_typeface())
    pages = pages_of(pdf)
    assert name in pages[0]
    assert pages[-1].count(name) >= 4
    assert any(address in text for text in pages)
    nothing_breaks_out(pdf)
    assert set(places_found(pdf, signing_places(roles_of(one))).values()) == {len(pages)}


@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_about_health_is_a_tick_that_text_can_tell(kind: Kind) -> None:
    health = application(kind).proposal.health
    yes, no = "".join(pages_of(signed_for(kind))).count("✓是"), "".join(pages_of(signed_for(kind))).count("✓否")
    assert yes == sum(answer.yes for answer in health.answers.values())
    assert no == len(health.answers) + 1 - yes, "whether they smoke is asked, too"


def test_numbers_are_printed_without_anything_between_their_characters() -> None:
    with pypdfium2.PdfDocument(signed_for(Kind.WHOLE_LIFE)) as document:
        assert document[0].get_textpage().get_text_range().count("投保单号 TB330126112247\r") == 1


def test_a_character_without_a_glyph_is_refused_and_named() -> None:
    plain = application()
    one = replace(plain, proposal=replace(plain.proposal, insured=replace(mother(), name="叶\U00031350禾")))
    with pytest.raises(EsignError) as refused:
        signing_documents(one, find_typeface())
    assert refused.value.code == "document-characters-missing"
    assert "U+31350" in str(refused.value)


def test_numbers_that_identify_are_not_printed_whole() -> None:
    text = "".join(pages_of(signed_for(Kind.WHOLE_LIFE)))
    for number in ("990106199105192217", "13800004026", "6200331099875183"):
        assert number not in text
    assert "99010619910519****" in text


def test_every_text_of_every_product_version_has_its_template() -> None:
    templates = files("policy.documents") / "templates" / "pages"
    named = {page_template(product, kind) for product in load_catalogue().products for kind in PageKind}
    assert len(named) > len(KINDS) * 2
    assert sorted(name for name in named if not (templates / f"{name}.typ").is_file()) == []


def test_a_version_that_is_no_longer_sold_is_printed_as_it_was() -> None:
    old, new = (application(Kind.TERM_LIFE, version) for version in ("2025-1", "2026-1"))
    text = "".join(pages_of(signing_documents(old, find_typeface())))
    assert "版本2025-1" in text
    assert "潜水、跳伞、攀岩、探险" not in text
    assert "潜水、跳伞、攀岩、探险" in "".join(pages_of(signing_documents(new, find_typeface())))
