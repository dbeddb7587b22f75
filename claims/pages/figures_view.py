"""The figures of claims as the page shows them: the large ones on top, and the tables by month and the like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from markupsafe import Markup

from claims.figures.figures import Figures, Report
from claims.figures.rows import minutes_value
from claims.pages.figures_words import (
    STANDINGS_SAID,
    in_order,
    lane_said,
    marked,
    tier_said,
    time_said,
    yuan_said,
)
from esign.public.charts import Charted, Tile, month_said, number_said
from esign.public.console import N_, words
from esign.public.figures import per_mille, percent

Key = TypeVar("Key", bound=str)


def tiles_of(figures: Figures, year_ago: Report | None) -> list[Tile]:
    """Return the four figures that stand on top, two of them beside those of the same month of the year before."""
    say = words().say
    before = None if year_ago is None else year_ago.whole
    return [
        Tile(
            say(N_("实时赔付")),
            say(N_("%(n)s 件"), n=number_said(figures.real_time)),
            _beside(
                say(
                    N_("占报案 %(share)s，平均 %(minutes)s 分钟"),
                    share=percent(figures.real_time_share),
                    minutes=minutes_value(figures.real_time_mean_seconds) or "–",
                ),
                None if before is None else percent(before.real_time_share),
            ),
        ),
        Tile(
            say(N_("5000 元以内，24 小时到账")),
            percent(figures.small_share),
            _beside(
                say(N_("计入 %(counted)s 件"), counted=number_said(figures.small)),
                None if before is None else percent(before.small_share),
            ),
        ),
        Tile(
            say(N_("报案到到账，一半在")),
            time_said(figures.payment.median),
            say(
                N_("九成在 %(time)s以内，当天到账 %(n)s 件"),
                time=time_said(figures.payment.ninth),
                n=number_said(figures.same_day),
            ),
        ),
        Tile(
            say(N_("拦截后放行")),
            say(N_("%(n)s 件"), n=number_said(figures.overturned)),
            say(
                N_("拦截 %(n)s 件，放行占 %(share)s，%(yuan)s 元"),
                n=number_said(figures.blocked),
                share=percent(figures.overturned_share),
                yuan=yuan_said(figures.overturned_fen),
            ),
        ),
    ]


def tables_of(report: Report, institution: Callable[[str], str]) -> list[Charted]:
    """Return the tables by month, institution, tier and lane; the function names institutions."""
    say = words().say
    return [
        _lots("by-month", say(N_("按月")), say(N_("月份")), report.months, month_said),
        _lots("by-institution", say(N_("按机构")), say(N_("机构")), report.institutions, institution),
        _lots("by-tier", say(N_("按档次")), say(N_("档次")), dict(in_order(report.tiers)), tier_said),
        _lots("by-lane", say(N_("按通道")), say(N_("通道")), report.lanes, lane_said),
        _standings(report.whole),
    ]


def _beside(said: str, before: str | None) -> str:
    return said if before is None else words().say(N_("%(said)s，去年同月 %(before)s"), said=said, before=before)


def _lots(id: str, title: str, first: str, lots: Mapping[Key, Figures], name: Callable[[Key], str]) -> Charted:
    say = words().say
    head = (
        first,
        *(say(N_("报案数")), say(N_("已到账")), say(N_("一半")), say(N_("九成")), say(N_("实时"))),
        *(say(N_("当天")), say(N_("5000 元以内")), say(N_("拦截")), say(N_("放行"))),
    )
    body = [
        (
            marked(name(key), one),
            *(number_said(one.reported), number_said(one.paid)),
            *(time_said(one.payment.median), time_said(one.payment.ninth), percent(one.real_time_share)),
            *(number_said(one.same_day), percent(one.small_share), number_said(one.blocked)),
            number_said(one.overturned),
        )
        for key, one in lots.items()
    ]
    return Charted(id, title, Markup(), head, body)


def _standings(whole: Figures) -> Charted:
    say = words().say
    body = [
        (say(STANDINGS_SAID[standing]), number_said(n), percent(per_mille(n, whole.reported)))
        for standing, n in whole.standings.items()
    ]
    paid = (say(N_("赔款（元）")), yuan_said(whole.paid_fen), "")
    joined = (say(N_("并入另一案，不计入")), number_said(whole.joined), "")
    head = (say(N_("现在怎样")), say(N_("案件")), say(N_("占报案")))
    return Charted("standings", say(N_("案件现在怎样")), Markup(), head, [*body, joined, paid])
