"""The trace of a decision in words: what an input is called, what was told, and what a cell of the table asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from esign.public.console import N_, words
from policy.domain.values import Outcome
from policy.pages.saying import OUTCOMES, WANTED, text_of
from policy.products.catalogue import Product
from policy.underwriting.inputs import COLUMNS, MOST
from policy.underwriting.tables import Column
from policy.underwriting.traces import Condition, FiredRow, Told

CALLED: Final[Mapping[str, str]] = {
    "kind": N_("产品类型"),
    "age": N_("被保险人年龄"),
    "total_sum": N_("累计保额"),
    "minor_death_cover": N_("未成年人身故保额"),
    "bmi": N_("体质指数（BMI）"),
    "smoker": N_("吸烟"),
    "occupation_class": N_("职业类别"),
    "income_multiple": N_("保额与年收入之比"),
    "premium_share": N_("年交保费占收入"),
    "applicant_is": N_("投保人是被保险人的"),
    "interest": N_("保险利益"),
    "outside_family": N_("受益人在家庭之外"),
    "yes": N_("健康告知"),
}
_UNITS: Final[Mapping[str, str]] = {
    "age": N_("%(n)s 岁"),
    "total_sum": N_("%(n)s 元"),
    "minor_death_cover": N_("%(n)s 元"),
    "occupation_class": N_("%(n)s 类"),
    "income_multiple": N_("%(n)s 倍"),
    "premium_share": N_("%(n)s%%"),
}
_WORDS: Final[Mapping[str, str]] = {
    "term-life": N_("定期寿险"),
    "whole-life": N_("终身寿险"),
    "cancer": N_("防癌险"),
    "self": N_("本人"),
    "spouse": N_("配偶"),
    "child": N_("子女"),
    "parent": N_("父母"),
    "sibling": N_("兄弟姐妹"),
    "grandparent": N_("祖父母或外祖父母"),
    "grandchild": N_("孙子女或外孙子女"),
    "family": N_("其他家庭成员"),
    "employer": N_("用人单位"),
    "other": N_("其他关系"),
    "kinship": N_("本人、配偶、子女或父母"),
    "support": N_("有抚养、赡养或扶养关系"),
    "employment": N_("劳动关系"),
    "consent": N_("仅由被保险人同意"),
}
_COMPARED: Final[Mapping[str, str]] = {
    "<": N_("小于 %(to)s"),
    "<=": N_("不超过 %(to)s"),
    ">": N_("超过 %(to)s"),
    ">=": N_("不小于 %(to)s"),
}
_COMPARISON: Final = re.compile(r"(<=|>=|<|>) (-?[0-9.]+)", re.ASCII)
_RANGE: Final = re.compile(r"([\[(])(-?[0-9.]+)\.\.(-?[0-9.]+)([\])])", re.ASCII)
_WORD: Final = re.compile(r'"([a-z0-9-]+)"', re.ASCII)


def called(column: str) -> str:
    """Return what an input is called."""
    return words().say(CALLED[column])


def told_words(column: str, told: Told) -> str:
    """Return what the table was told, with its unit. The questions answered with yes are counted."""
    if isinstance(told, bool):
        return words().say(N_("是")) if told else words().say(N_("否"))
    if isinstance(told, str):
        return _word(told)
    if isinstance(told, tuple):
        return words().say(N_("%(n)s 项答“是”"), n=len(told)) if told else words().say(N_("全部答“否”"))
    if column == "income_multiple" and told >= MOST:
        return words().say(N_("没有收入"))
    return _number(column, told)


def asked_words(condition: Condition, product: Product) -> str:
    """Return what a cell asks for: for the health declaration the question, in full."""
    column, cell = condition.column, condition.cell
    named = _WORD.findall(cell)
    if COLUMNS[column] is Column.WORDS:
        questions = {one.id: one.text for one in product.questions}
        return text_of(questions[named[0]]) if named and named[0] in questions else cell
    if COLUMNS[column] is Column.WORD:
        return words().choose("、", " / ").join(_word(one) for one in named)
    if COLUMNS[column] is Column.FLAG:
        return told_words(column, cell == "true")
    if match := _COMPARISON.fullmatch(cell):
        return words().say(_COMPARED[match[1]], to=_number(column, float(match[2])))
    if match := _RANGE.fullmatch(cell):
        since, until = (_number(column, float(one)) for one in match.groups()[1:3])
        open_ends = (match[1], match[4]) != ("[", "]")
        return cell if open_ends else words().say(N_("%(since)s 至 %(until)s"), since=since, until=until)
    return _number(column, float(cell))


def shown_told(condition: Condition) -> str:
    """Return what was told beside what a cell asks for: a question that the row names was answered with yes."""
    if isinstance(condition.told, tuple):
        return words().say(N_("答“是”"))
    return told_words(condition.column, condition.told)


def outcome_of(row: FiredRow) -> tuple[str, str]:
    """Return the class of a tag and its word: what the row leads to by itself."""
    style, said = OUTCOMES[row.outcome]
    if row.outcome is Outcome.ACCEPT and row.loading:
        return "wait", words().say(N_("加费 %(percent)s%%"), percent=row.loading)
    if row.ask is not None:
        return style, words().say(WANTED[row.ask])
    return style, words().say(said)


def _word(code: str) -> str:
    return words().say(_WORDS[code]) if code in _WORDS else code


def _number(column: str, number: float) -> str:
    plain = f"{number:,.0f}" if float(number).is_integer() else f"{number:,.1f}"
    return words().say(_UNITS[column], n=plain) if column in _UNITS else plain
