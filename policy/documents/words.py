"""How the documents write what is a code, a day or a number elsewhere, in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from policy.domain.values import Delivery
from policy.products.catalogue import Kind
from policy.proposal import Frequency, Gender, Interest, Payment, Relation
from policy.proposing.quoting import HoldsUntil

GENDERS: Final[Mapping[Gender, str]] = {Gender.MALE: "男", Gender.FEMALE: "女"}
HONORIFICS: Final[Mapping[Gender, str]] = {Gender.MALE: "先生", Gender.FEMALE: "女士"}
KINDS: Final[Mapping[Kind, str]] = {
    Kind.TERM_LIFE: "定期寿险",
    Kind.CANCER: "疾病保险",
    Kind.WHOLE_LIFE: "终身寿险",
}
DELIVERIES: Final[Mapping[Delivery, str]] = {
    Delivery.ELECTRONIC: "电子送达（投保人单独同意）",
    Delivery.PAPER: "送达纸质合同",
}
BECAUSE: Final[Mapping[HoldsUntil, str]] = {
    HoldsUntil.INSURED_BIRTHDAY: "次日为被保险人的生日，年龄增加一岁",
    HoldsUntil.APPLICANT_BIRTHDAY: "次日为投保人的生日，年龄增加一岁",
    HoldsUntil.WITHDRAWAL: "次日起本产品停止销售",
    HoldsUntil.RATES_END: "次日起适用新的费率",
}
INTERESTS: Final[Mapping[Interest, str]] = {
    Interest.KINSHIP: "本人、配偶、子女、父母（保险法第三十一条第一款第一、二项）",
    Interest.SUPPORT: "有抚养、赡养或者扶养关系的家庭其他成员、近亲属（保险法第三十一条第一款第三项）",
    Interest.EMPLOYMENT: "与投保人有劳动关系的劳动者（保险法第三十一条第一款第四项）",
    Interest.CONSENT: "被保险人同意投保人为其订立合同（保险法第三十一条第二款）",
}
_RELATIONS: Final[Mapping[Relation, tuple[str, str, str]]] = {
    Relation.SELF: ("本人", "本人", "本人"),
    Relation.SPOUSE: ("丈夫", "妻子", "配偶"),
    Relation.CHILD: ("儿子", "女儿", "子女"),
    Relation.PARENT: ("父亲", "母亲", "父母"),
    Relation.SIBLING: ("兄弟", "姐妹", "兄弟姐妹"),
    Relation.GRANDPARENT: ("祖父或外祖父", "祖母或外祖母", "祖父母或外祖父母"),
    Relation.GRANDCHILD: ("孙子或外孙", "孙女或外孙女", "孙子女或外孙子女"),
    Relation.FAMILY: ("家庭成员", "家庭成员", "家庭成员"),
    Relation.EMPLOYER: ("雇主", "雇主", "雇主"),
    Relation.OTHER: ("其他关系人", "其他关系人", "其他关系人"),
}
_INVERSE: Final[Mapping[Relation, Relation]] = {
    Relation.CHILD: Relation.PARENT,
    Relation.PARENT: Relation.CHILD,
    Relation.GRANDPARENT: Relation.GRANDCHILD,
    Relation.GRANDCHILD: Relation.GRANDPARENT,
}
EMPLOYEE: Final = "雇员"


def relation_words(relation: Relation, gender: Gender | None = None) -> str:
    """Return what a person is to another; without a gender, the word that fits both."""
    male, female, either = _RELATIONS[relation]
    return {Gender.MALE: male, Gender.FEMALE: female, None: either}[gender]


def inverse_words(relation: Relation, gender: Gender) -> str:
    """Return what the second person, of this gender, is to the first, who is their `relation`."""
    if relation is Relation.EMPLOYER:
        return EMPLOYEE
    return relation_words(_INVERSE.get(relation, relation), gender)


def day_words(day: date) -> str:
    """`2026 年 11 月 27 日`."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def payment_words(payment: Payment) -> str:
    """How often and how long: `年交，交 10 年`, or `一次交清`."""
    return "一次交清" if payment.frequency is Frequency.ONCE else f"年交，交 {payment.years} 年"


def masked_id(number: str) -> str:
    """Hide the last four: with them and a name a person identifies before signing."""
    return f"{number[:-4]}****"


def masked_phone(number: str) -> str:
    """Show the first three and the last four."""
    return f"{number[:3]}****{number[-4:]}"


def masked_account(number: str) -> str:
    """Show the first four and the last four, as bank cards are shown."""
    return f"{number[:4]} **** **** {number[-4:]}"
