"""The figures as the page shows them: charts, and the table of numbers of each, in the words of the request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from markupsafe import Markup

from delivery.domain.clocks import CHASE_DAYS
from delivery.figures.figures import Figures, Report
from delivery.figures.legs import Leg
from delivery.pages.figures_words import (
    LEGS_SAID,
    WAYS_SAID,
    channel_said,
    days_said,
    reason_said,
)
from esign.public.charts import Bar, Charted, Point, Tile, columns, line, month_said, month_short, number_said, rows
from esign.public.console import N_, words
from esign.public.figures import per_mille, percent

Key = TypeVar("Key", bound=str)


def tiles_of(figures: Figures, year_ago: Report | None) -> list[Tile]:
    """Return the four figures that stand on top; the rate beside that of the same month of the year before."""
    say, whole, rate = words().say, figures.legs[Leg.WHOLE], figures.rate
    counted = say(N_("计入 %(counted)s 件"), counted=number_said(rate.counted))
    before = None if year_ago is None else year_ago.whole.rate_share
    chased = sum(figures.ages[CHASE_DAYS:])
    return [
        Tile(
            say(N_("15 日送达率")),
            percent(figures.rate_share),
            counted
            if before is None
            else say(N_("%(counted)s，去年同月 %(rate)s"), counted=counted, rate=percent(before)),
        ),
        Tile(
            say(N_("签名到签收，一半在")),
            days_said(whole.median),
            say(N_("九成在 %(time)s 以内"), time=days_said(whole.ninth)),
        ),
        Tile(say(N_("本人签收")), percent(figures.self_share), say(N_("协助与纸质另计"))),
        Tile(
            say(N_("等待签收")),
            say(N_("%(n)s 件"), n=number_said(sum(figures.ages))),
            say(N_("第 12 天起 %(n)s 件"), n=number_said(chased)),
        ),
    ]


def charts_of(report: Report, by_month: Report) -> list[Charted]:
    """Return the charts; the rate goes over the months of `by_month`."""
    return [_rates(by_month), _legs(report.whole), _ages(report.whole), _ways(report.whole), _reasons(report.whole)]


def tables_of(report: Report, institution: Callable[[str], str], product: Callable[[str], str]) -> list[Charted]:
    """Return the tables by month, institution, channel and product; the functions name institutions and products."""
    say = words().say
    return [
        _lots("by-month", say(N_("按月")), say(N_("月份")), report.months, month_said),
        _lots("by-institution", say(N_("按机构")), say(N_("机构")), report.institutions, institution),
        _lots("by-channel", say(N_("按渠道")), say(N_("渠道")), report.channels, channel_said),
        _lots("by-product", say(N_("按产品")), say(N_("产品")), report.products, product),
    ]


def _rates(report: Report) -> Charted:
    say = words().say
    title = say(N_("15 日送达率（%%）"))
    known = [(month, one, share) for month, one in report.months.items() if (share := one.rate_share) is not None]
    points = [Point(month_short(month), share / 10, percent(share), one.is_provisional) for month, one, share in known]
    body = [
        (_marked(month_said(month), one), percent(share), number_said(one.rate.counted), number_said(one.rate.late))
        for month, one, share in known
    ]
    head = (say(N_("月份")), say(N_("送达率")), say(N_("计入")), say(N_("逾期")))
    return Charted("rates", title, line(title, points, top=100), head, body)


def _legs(whole: Figures) -> Charted:
    say = words().say
    title = say(N_("每一段用了几天"))
    known = [(leg, one) for leg, one in whole.legs.items() if one.count]
    bars = [
        Bar(
            say(LEGS_SAID[leg]),
            float(one.median or 0),
            f"{(one.median or 0) / 24:.1f} / {(one.ninth or 0) / 24:.1f}",
            beyond=float(one.ninth or 0),
        )
        for leg, one in known
    ]
    body = [
        (say(LEGS_SAID[leg]), days_said(one.median), days_said(one.ninth), number_said(one.count)) for leg, one in known
    ]
    half, ninth = say(N_("一半在此以内")), say(N_("九成在此以内"))
    return Charted(
        "legs",
        title,
        rows(title, bars),
        (say(N_("哪一段")), half, ninth, say(N_("件数"))),
        body,
        (("f1", half), ("f3", ninth)),
    )


def _ages(whole: Figures) -> Charted:
    say = words().say
    title = say(N_("在途保单，已过几天"))
    if not any(whole.ages):
        return Charted("ages", title, Markup(), (), ())
    last = len(whole.ages) - 1
    labels = [f"{days}+" if days == last else str(days) for days in range(len(whole.ages))]
    bars = [  # every other day is named: on a phone there is no room for more
        Bar("" if days % 2 else label, count, number_said(count) if count else "", tone=4 if days >= CHASE_DAYS else 1)
        for days, (label, count) in enumerate(zip(labels, whole.ages, strict=True))
    ]
    said = say(N_("%(title)s：共 %(n)s 件"), title=title, n=number_said(sum(whole.ages)))
    key = (("f1", say(N_("第 12 天以前"))), ("f4", say(N_("第 12 天起催办"))))
    body = [(label, number_said(count)) for label, count in zip(labels, whole.ages, strict=True)]
    return Charted("ages", title, columns(said, bars), (say(N_("天")), say(N_("件数"))), body, key)


def _ways(whole: Figures) -> Charted:
    say = words().say
    title = say(N_("签收方式"))
    if not whole.received:
        return Charted("ways", title, Markup(), (), ())
    shares = [(say(WAYS_SAID[way]), n, percent(per_mille(n, whole.received))) for way, n in whole.ways.items()]
    chart = rows(title, [Bar(label, n, share) for label, n, share in shares])
    body = [(label, number_said(n), share) for label, n, share in shares]
    return Charted("ways", title, chart, (say(N_("怎样签收")), say(N_("件数")), say(N_("占签收"))), body)


def _reasons(whole: Figures) -> Charted:
    say = words().say
    title = say(N_("逾期原因"))
    found = [(reason_said(code), n) for code, n in whole.reasons.items()]
    chart = rows(title, [Bar(label, n, number_said(n), tone=2) for label, n in found])
    return Charted("reasons", title, chart, (title, say(N_("件数"))), [(label, number_said(n)) for label, n in found])


def _lots(id: str, title: str, first: str, lots: Mapping[Key, Figures], name: Callable[[Key], str]) -> Charted:
    say = words().say
    head = (
        first,
        say(N_("送达率")),
        say(N_("及时")),
        say(N_("逾期")),
        say(N_("在途")),
        say(N_("不计入")),
        say(N_("本人签收")),
        say(N_("签名到签收，一半")),
        say(N_("九成")),
    )
    body = [
        (
            _marked(name(key), one),
            percent(one.rate_share),
            *(number_said(n) for n in (one.rate.in_time, one.rate.late, one.rate.open, one.rate.left_out)),
            percent(one.self_share),
            days_said(one.legs[Leg.WHOLE].median),
            days_said(one.legs[Leg.WHOLE].ninth),
        )
        for key, one in lots.items()
    ]
    return Charted(id, title, Markup(), head, body)


def _marked(label: str, figures: Figures) -> str:
    """Return the label, with the mark of what may still change."""
    return words().say(N_("%(label)s（暂计）"), label=label) if figures.is_provisional else label
