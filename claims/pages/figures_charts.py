"""The charts of figures of claims, and the table of numbers of each."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Final

from markupsafe import Markup

from claims.figures.courses import Block
from claims.figures.figures import Figures, Report
from claims.figures.rows import minutes_value
from claims.figures.stretches import DAY, ENDS_OF_CLASSES, HOUR, REAL_TIME, SCORE_CLASS, SCORE_CLASSES
from claims.pages.figures_words import (
    BLOCKS_SAID,
    PHONE_SAID,
    STEPS_SAID,
    classes_said,
    in_order,
    marked,
    point_said,
    tier_short,
    time_said,
    tool_said,
    yuan_said,
)
from esign.public.charts import Bar, Charted, Point, line, month_said, month_short, number_said, rows
from esign.public.console import N_, words
from esign.public.figures import CountedSpread, per_mille, percent

POINTS_SHOWN: Final = 12
"""Bars of points: the table beside them has all."""
_UNITS: Final = ((2 * DAY, DAY, N_("按天")), (2 * HOUR, HOUR, N_("按小时")), (-1, 1, N_("按分钟")))
"""In which unit times are charted, by how long the longest is."""


def charts_of(report: Report, by_month: Report) -> list[Charted]:
    """Return the charts; lines go over the months of `by_month`."""
    whole = report.whole
    return [
        _times(whole),
        _by_tier(report.tiers),
        _by_month(by_month),
        _steps(whole),
        _tools(whole),
        _phone(whole),
        _scores(whole),
        _points(whole),
        _blocks(whole),
        _stars(whole),
    ]


def _times(whole: Figures) -> Charted:
    say = words().say
    title = say(N_("报案到到账，各用了多久"))
    if not whole.paid:
        return Charted("times", title, Markup(), (), ())
    ends = (*ENDS_OF_CLASSES, 0)
    bars = [
        Bar(
            label,
            n,
            f"{number_said(n)} · {percent(per_mille(n, whole.paid))}",
            tone=1 if 0 < end <= REAL_TIME else 2 if 0 < end <= DAY else 4,
        )
        for label, n, end in zip(classes_said(), whole.classes, ends, strict=True)
    ]
    body = [
        (label, number_said(n), percent(per_mille(n, whole.paid)))
        for label, n in zip(classes_said(), whole.classes, strict=True)
    ]
    key = (("f1", say(N_("实时"))), ("f2", say(N_("24 小时以内"))), ("f4", say(N_("更久"))))
    return Charted("times", title, rows(title, bars), (say(N_("多久")), say(N_("案件")), say(N_("占到账"))), body, key)


def _by_tier(tiers: Mapping[str, Figures]) -> Charted:
    say = words().say
    return _spreads(
        "tiers",
        say(N_("各档（元）报案到到账")),
        say(N_("档次")),
        [(tier_short(tier), one.payment) for tier, one in in_order(tiers)],
    )


def _steps(whole: Figures) -> Charted:
    say = words().say
    closing = [
        (say(N_("报案到结案")), whole.closing),
        (say(N_("1 万元以内结案")), whole.small_closing),
    ]
    spreads = [(say(STEPS_SAID[step]), one) for step, one in whole.steps.items()]
    return _spreads("steps", say(N_("每一步用了多久")), say(N_("哪一步")), [*spreads, *closing])


def _spreads(id: str, title: str, first: str, spreads: list[tuple[str, CountedSpread]]) -> Charted:
    """Return bars of halves within nine tenths. All are in the same unit, which the longest of them says."""
    say = words().say
    known = [(label, one) for label, one in spreads if one.count]
    longest = max((one.ninth or 0 for _, one in known), default=0)
    per, unit = next((per, unit) for above, per, unit in _UNITS if longest > above)
    bars = [
        Bar(
            label,
            float(one.median or 0),
            f"{_in(one.median, per)} / {_in(one.ninth, per)}",
            beyond=float(one.ninth or 0),
        )
        for label, one in known
    ]
    half, ninth = say(N_("一半在此以内")), say(N_("九成在此以内"))
    body = [(label, time_said(one.median), time_said(one.ninth), number_said(one.count)) for label, one in known]
    said = say(N_("%(title)s（%(unit)s）"), title=title, unit=say(unit))
    return Charted(
        id, said, rows(said, bars), (first, half, ninth, say(N_("案件"))), body, (("f1", half), ("f3", ninth))
    )


def _in(minutes: int | None, per: int) -> str:
    if minutes is None:
        return "–"
    return str(minutes) if per == 1 else f"{minutes / per:.1f}"


def _by_month(report: Report) -> Charted:
    say = words().say
    title = say(N_("5000 元以内 24 小时到账（%%）"))
    known = [(month, one, share) for month, one in report.months.items() if (share := one.small_share) is not None]
    points = [Point(month_short(month), share / 10, percent(share), one.is_provisional) for month, one, share in known]
    body = [
        (
            marked(month_said(month), one),
            percent(share),
            number_said(one.small),
            percent(one.real_time_share),
            minutes_value(one.real_time_mean_seconds) or "–",
        )
        for month, one, share in known
    ]
    head = (say(N_("月份")), say(N_("24 小时到账")), say(N_("计入")), say(N_("实时")), say(N_("平均分钟")))
    return Charted("rates", title, line(title, points, top=100), head, body)


def _tools(whole: Figures) -> Charted:
    say = words().say
    title = say(N_("用了哪些工具"))
    body = [
        (
            tool_said(tool),
            number_said(use.claims),
            percent(per_mille(use.claims, whole.reported)),
            number_said(use.forms),
            minutes_value(use.mean_seconds) or "–",
        )
        for tool, use in whole.tools.items()
    ]
    bars = [Bar(name, float(claims.replace(",", "")), f"{claims} · {share}") for name, claims, share, _, _ in body]
    every = (say(N_("任一工具")), number_said(whole.by_tools), percent(whole.coverage), "–", "–")
    head = (say(N_("工具")), say(N_("案件")), say(N_("占报案")), say(N_("次数")), say(N_("平均分钟")))
    return Charted("tools", title, rows(title, bars), head, [*body, every] if body else [])


def _phone(whole: Figures) -> Charted:
    say = words().say
    title = say(N_("客户在手机上做了什么"))
    found = [(say(PHONE_SAID[act]), n) for act, n in whole.phone.items() if n]
    bars = [Bar(name, n, f"{number_said(n)} · {percent(per_mille(n, whole.reported))}") for name, n in found]
    body = [(name, number_said(n), percent(per_mille(n, whole.reported))) for name, n in found]
    return Charted("phone", title, rows(title, bars), (say(N_("做了什么")), say(N_("案件")), say(N_("占报案"))), body)


def _scores(whole: Figures) -> Charted:
    say = words().say
    title = say(N_("风险分（每件最高的）"))
    if not any(whole.scores):
        return Charted("scores", title, Markup(), (), ())
    lower = [number * SCORE_CLASS for number in range(SCORE_CLASSES)]
    labels = [*(f"{one}–{one + SCORE_CLASS - 1}" for one in lower[:-1]), f"≥{lower[-1]}"]
    counted = list(zip(labels, whole.scores, strict=True))
    total = sum(whole.scores)
    bars = [Bar(label, n, f"{number_said(n)} · {percent(per_mille(n, total))}") for label, n in counted]
    body = [(label, number_said(n), percent(per_mille(n, total))) for label, n in counted]
    body.append((say(N_("硬性拦截")), number_said(whole.hard_stops), percent(per_mille(whole.hard_stops, total))))
    return Charted("scores", title, rows(title, bars), (say(N_("风险分")), say(N_("案件")), say(N_("占评分"))), body)


def _points(whole: Figures) -> Charted:
    say = words().say
    title = say(N_("触发最多的风险点"))
    bars = [
        Bar(point_said(point), hits.claims, number_said(hits.claims))
        for point, hits in islice(whole.hits.items(), POINTS_SHOWN)
    ]
    body = [
        (point_said(point), *(number_said(n) for n in (hits.claims, hits.blocked, hits.overturned)))
        for point, hits in whole.hits.items()
    ]
    head = (say(N_("风险点")), say(N_("案件")), say(N_("其中拦截")), say(N_("其中放行")))
    return Charted("points", title, rows(title, bars), head, body)


def _blocks(whole: Figures) -> Charted:
    say = words().say
    title = say(N_("拦截和推翻"))
    if not whole.blocked:
        return Charted("blocks", title, Markup(), (), ())
    tones = {Block.WAITING: 2, Block.UPHELD: 4, Block.RELEASED: 1}
    bars = [
        Bar(say(BLOCKS_SAID[block]), n, f"{number_said(n)} · {percent(per_mille(n, whole.blocked))}", tone=tones[block])
        for block, n in whole.blocks.items()
    ]
    amounts = {Block.RELEASED: yuan_said(whole.overturned_fen)}
    body = [
        (say(N_("拦截")), number_said(whole.blocked), yuan_said(whole.blocked_fen)),
        *((say(BLOCKS_SAID[one]), number_said(n), amounts.get(one, "–")) for one, n in whole.blocks.items()),
        (say(N_("拦截后到账")), number_said(whole.blocked_paid), yuan_said(whole.blocked_paid_fen)),
    ]
    return Charted("blocks", title, rows(title, bars), (say(N_("怎样了")), say(N_("案件")), say(N_("元"))), body)


def _stars(whole: Figures) -> Charted:
    say = words().say
    title = say(N_("客户满意度"))
    if not whole.rated:
        return Charted("stars", title, Markup(), (), ())
    tenths = whole.mean_tenths_of_stars or 0
    said = say(N_("%(title)s：平均 %(mean)s 星"), title=title, mean=f"{tenths // 10}.{tenths % 10}")
    counted = [(say(N_("%(n)s 星"), n=number), n) for number, n in reversed(list(enumerate(whole.stars, 1)))]
    bars = [Bar(label, n, f"{number_said(n)} · {percent(per_mille(n, whole.rated))}") for label, n in counted]
    body = [(label, number_said(n), percent(per_mille(n, whole.rated))) for label, n in counted]
    return Charted("stars", said, rows(said, bars), (say(N_("星")), say(N_("案件")), say(N_("占评价"))), body)
