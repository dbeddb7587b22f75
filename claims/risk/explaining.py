"""A score in plain words: to the customer what is looked at again and by whom, to the handler why, in both languages.

The customer is told what a colleague wants to look at, never how close a number came to which limit: that would teach
those who cheat. Both are told what happens next, and the customer that it is no refusal, and that they can ask for a
person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from claims.risk.facts import Step
from claims.risk.points import Point, PointFile, Strength
from claims.risk.rules import RuleSheet
from claims.risk.scoring import Fired, Scored, goes_to_people
from claims.risk.sentences import filled
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
_A_PERSON: Final = Words(
    "您随时可以要求由专人和您通话，解释这个结果。", "You can ask for a person to call you and explain this at any time."
)


@dataclass(frozen=True)
class ToldPoint:
    """A point that fired: a whole sentence, and what it weighs."""

    words: Words
    strength: Strength
    weight: int


@dataclass(frozen=True)
class Unseen:
    """A point that nobody observes here, and why."""

    name: Words
    why: Words


@dataclass(frozen=True)
class ToldScore:
    """A step in words for the handler: where it stands, what fired, the heaviest first, and what was not looked at.

    `unknown` are points of which nothing is known yet; what nobody could know here is `never`.
    """

    step: Words
    outcome: Words
    fired: tuple[ToldPoint, ...]
    unknown: tuple[Words, ...]
    never: tuple[Unseen, ...]

    @property
    def paragraph(self) -> Words:
        """All of it in one go, for whoever reads no lists."""
        zh = [self.outcome.zh, *(f"{one.words.zh[:-1]}（{one.weight} 分）。" for one in self.fired)]
        en = [self.outcome.en, *(f"{one.words.en[:-1]} ({one.weight})." for one in self.fired)]
        if self.unknown:
            some = _some(self.unknown)
            zh.append(f"还没有资料、没有核对的：{some.zh}。")
            en.append(f"Not looked at, since nothing is known of it yet: {some.en}.")
        if self.never:
            some = _some([one.name for one in self.never])
            zh.append(f"没有来源、核对不了的：{some.zh}。")
            en.append(f"Not looked at, since there is nothing to look it up in: {some.en}.")
        return Words("".join(zh), " ".join(en))


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


def to_handler(points: PointFile, sheet: RuleSheet, scored: Scored) -> ToldScore:
    """Return what the handler is told of one step.

    Raises `KeyError` for a point that this version of the points has not.
    """
    fired = sorted(scored.fired, key=lambda one: -one.weight)
    unknown, never = _unobserved(points, scored)
    return ToldScore(
        STEPS[scored.step],
        _outcome(points, sheet, scored),
        tuple(ToldPoint(_said(points.points[one.point], one), one.strength, one.weight) for one in fired),
        unknown,
        never,
    )


def _outcome(points: PointFile, sheet: RuleSheet, scored: Scored) -> Words:
    """Say where the step stands and who decides, as one would over the desk."""
    step, score, most, limit = STEPS[scored.step], scored.score, scored.maximum, sheet.people_from
    if scored.hard_stop:
        return Words(
            f"{step.zh}环节 {score} 分，其中有必须由人判断的，所以不会自动赔付。",
            f"{step.en}: {score} points, with something that only a person may judge, so nothing is paid by itself.",
        )
    if score >= limit:
        return Words(
            f"{step.zh}环节 {score} 分，到了 {limit} 分，所以由理赔人员决定。",
            f"{step.en}: {score} points. From {limit} on people decide, so this is for one of you.",
        )
    if scored.fired:
        found = Words(
            f"{step.zh}环节 {score} 分，不到 {limit} 分",
            f"{step.en}: {score} points, below the {limit} from which people decide",
        )
    elif len(scored.not_observed) < len(points.by_step[scored.step]):
        found = Words(f"{step.zh}环节没有发现疑点", f"{step.en}: nothing stood out")
    else:
        found = Words(f"{step.zh}环节还没有资料可以核对", f"{step.en}: there is nothing to look at yet")
    if goes_to_people(sheet, scored):
        return Words(
            f"{found.zh}；但本案别的环节到过 {most} 分，仍由理赔人员决定。",
            f"{found.en}; but another step came to {most}, so people decide all the same.",
        )
    return Words(f"{found.zh}，照常办理。", f"{found.en}, so it takes its course.")


def _said(point: Point, fired: Fired) -> Words:
    return Words(
        f"{filled(point.handler.zh, fired.inputs, '未知')}。",
        f"{_sentence(filled(point.handler.en, fired.inputs, 'unknown'))}.",
    )


def _unobserved(points: PointFile, scored: Scored) -> tuple[tuple[Words, ...], tuple[Unseen, ...]]:
    """The points of which nothing is known yet, by name, and those that nobody observes here, with the reason."""
    unknown, never = [], []
    for one in scored.not_observed:
        name = points.points[one.point].name
        if one.missing:
            unknown.append(name)
        else:
            never.append(Unseen(name, one.why))
    return tuple(unknown), tuple(never)


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
