"""A score in plain words: to the customer what is looked at again and by whom, to the handler why, in both languages.

The customer is told what a colleague wants to look at, never how close a number came to which limit: that would teach
those who cheat. Both are told what happens next, and the customer that it is no refusal, and that they can ask for a
person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from claims.risk.comparing import Input
from claims.risk.facts import Step
from claims.risk.points import Point, PointFile, Strength, placeholders
from claims.risk.rules import RuleSheet
from claims.risk.scoring import Fired, Scored, goes_to_people
from esign.public.values import Words

PHRASES_AT_MOST: Final = 3
NAMES_AT_MOST: Final = 3
STEPS: Final[Mapping[Step, Words]] = {
    Step.REPORT: Words("报案", "Report"),
    Step.VEHICLE_POLICY: Words("车辆与保单", "Car and policy"),
    Step.SURVEY: Words("查勘", "Survey"),
    Step.ASSESSMENT: Words("定损", "Assessment"),
    Step.INJURY: Words("人伤", "Injury"),
    Step.REPAIR_SHOP: Words("维修单位", "Repair shop"),
    Step.DOCUMENTS: Words("单证", "Papers"),
    Step.HISTORY_NETWORK: Words("历史与关联", "History and network"),
    Step.PAYMENT: Words("支付", "Payment"),
}
_STRENGTHS: Final[Mapping[Strength, Words]] = {
    Strength.SOFT: Words("弱", "soft"),
    Strength.STRONG: Words("强", "strong"),
    Strength.HARD_STOP: Words("必须由人处理", "hard stop"),
}
_A_PERSON: Final = Words(
    "您随时可以要求由专人和您通话，解释这个结果。", "You can ask for a person to call you and explain this at any time."
)


def to_customer(points: PointFile, sheet: RuleSheet, scores: Sequence[Scored]) -> Words:
    """Return what the customer is told of the scores of their claim, the newest last.

    Raises `KeyError` for a point that this version of the points has not.
    """
    if not any(goes_to_people(sheet, one) for one in scores):
        return Words(
            f"您的赔案正在按正常流程办理，没有需要您补充说明的地方。{_A_PERSON.zh}",
            f"Your claim is taking its normal course, and there is nothing you need to explain. {_A_PERSON.en}",
        )
    heaviest = sorted((one for score in scores for one in score.fired), key=lambda one: -one.weight)
    said = _distinct(points.points[one.point].customer for one in heaviest)[:PHRASES_AT_MOST]
    return Words(
        f"为了把您的赔案办准，我们想再核对一下{_joined([one.zh for one in said], '、', '和')}，"
        f"所以接下来由理赔人员为您办理。这不是拒赔，也不是说您讲的不对。{_A_PERSON.zh}",
        f"To get your claim right we would like to look again at {_joined([one.en for one in said], ', ', ' and ')}, "
        "so one of our claims staff takes it from here. This is not a refusal, and it does not mean that we doubt "
        f"you. {_A_PERSON.en}",
    )


def to_handler(points: PointFile, sheet: RuleSheet, scored: Scored) -> Words:
    """Return what the handler is told of one step: score, what fired on which inputs, and what is not known."""
    step, number = STEPS[scored.step], sheet.people_from
    people = goes_to_people(sheet, scored)
    way = _way(scored, people=people)
    zh = [f"{step.zh}环节 {scored.score} 分，本案最高 {scored.maximum} 分（{number} 分起由人处理）：{way.zh}。"]
    en = [
        f"{step.en}: a score of {scored.score}, {scored.maximum} at most so far "
        f"(people decide from {number} on): {way.en}."
    ]
    for one in sorted(scored.fired, key=lambda fired: -fired.weight):
        told, strength = _said(points.points[one.point], one), _STRENGTHS[one.strength]
        zh.append(f"{told.zh}（{strength.zh}，{one.weight} 分）。")
        en.append(f"{_sentence(told.en)} ({strength.en}, {one.weight}).")
    if not scored.fired:
        zh.append("没有触发任何风险点。")
        en.append("No point fired.")
    for why, names in _unobserved(points, scored):
        some = _some(names)
        zh.append(f"没有核对的：{some.zh}——{why.zh}。")
        en.append(f"Not observed: {some.en}: {why.en}.")
    return Words("".join(zh), " ".join(en))


def _way(scored: Scored, *, people: bool) -> Words:
    if scored.hard_stop:
        return Words("触发必须由人处理的风险点，不能自动赔付", "a hard stop, so nothing is paid without a person")
    if people:
        return Words("转由理赔人员处理", "it goes to people")
    return Words("继续按流程办理", "it takes its course")


def _said(point: Point, fired: Fired) -> Words:
    return Words(_filled(point.handler.zh, fired.inputs, "未知"), _filled(point.handler.en, fired.inputs, "unknown"))


def _filled(text: str, inputs: Mapping[str, Input], unknown: str) -> str:
    return text.format_map({name: _shown(inputs.get(name), unknown) for name in placeholders(text)})


def _shown(value: Input, unknown: str) -> str:
    if value is None:
        return unknown
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _unobserved(points: PointFile, scored: Scored) -> list[tuple[Words, list[Words]]]:
    """The reasons why points were not observed, each with the names of those points."""
    found: dict[Words, list[Words]] = {}
    for one in scored.not_observed:
        found.setdefault(one.why, []).append(points.points[one.point].name)
    return list(found.items())


def _some(names: Sequence[Words]) -> Words:
    """Name a few, and say how many there are where that is not all."""
    shown, rest = names[:NAMES_AT_MOST], len(names) - NAMES_AT_MOST
    zh, en = [one.zh for one in shown], [one.en for one in shown]
    if rest <= 0:
        return Words(_joined(zh, "、", "和"), _joined(en, ", ", " and "))
    return Words(f"{'、'.join(zh)}等 {len(names)} 项", f"{', '.join(en)} and {rest} more")


def _distinct(words: Iterable[Words]) -> list[Words]:
    return list(dict.fromkeys(words))


def _joined(names: Sequence[str], between: str, last: str) -> str:
    """Join names as a person lists them."""
    return names[0] if len(names) == 1 else f"{between.join(names[:-1])}{last}{names[-1]}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
