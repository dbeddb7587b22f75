"""The words of the documents: relations said both ways, days, and what is hidden of numbers."""

from __future__ import annotations

from datetime import date

import pytest

from policy.documents.filling import cover_end
from policy.documents.words import day_words, inverse_words, masked_account, masked_id, masked_phone, relation_words
from policy.products.catalogue import Kind
from policy.proposal import Gender, Relation
from tests.policy_papers import product

HE, SHE = Gender.MALE, Gender.FEMALE


@pytest.mark.parametrize(
    ("relation", "his", "hers"),
    [
        (Relation.CHILD, "父亲", "母亲"),
        (Relation.PARENT, "儿子", "女儿"),
        (Relation.SPOUSE, "丈夫", "妻子"),
        (Relation.GRANDPARENT, "孙子或外孙", "孙女或外孙女"),
        (Relation.GRANDCHILD, "祖父或外祖父", "祖母或外祖母"),
        (Relation.EMPLOYER, "雇员", "雇员"),
        (Relation.SIBLING, "兄弟", "姐妹"),
    ],
)
def test_a_relation_is_said_from_the_other_side_by_the_others_gender(relation: Relation, his: str, hers: str) -> None:
    assert (inverse_words(relation, HE), inverse_words(relation, SHE)) == (his, hers)


def test_every_relation_has_words_for_him_her_and_whoever() -> None:
    for relation in Relation:
        assert all(relation_words(relation, gender) for gender in (HE, SHE, None))
    assert relation_words(Relation.CHILD) == "子女"


def test_numbers_hide_what_identifies() -> None:
    assert masked_id("990106199105192217") == "99010619910519****"
    assert masked_phone("13800004026") == "138****4026"
    assert masked_account("6200331099875183") == "6200 **** **** 5183"


def test_a_day_is_written_in_chinese() -> None:
    assert day_words(date(2026, 3, 8)) == "2026 年 3 月 8 日"


@pytest.mark.parametrize(
    ("born", "last"),
    [
        (date(1992, 4, 7), date(2062, 4, 6)),
        (date(1992, 2, 29), date(2062, 2, 28)),
        (date(1990, 1, 1), date(2059, 12, 31)),
    ],
)
def test_cover_to_an_age_ends_on_the_day_before_that_birthday(born: date, last: date) -> None:
    assert cover_end(product(Kind.TERM_LIFE), born) == last


def test_cover_for_life_has_no_last_day() -> None:
    assert cover_end(product(Kind.WHOLE_LIFE), date(1992, 4, 7)) is None
