"""The figures as the page shows them: charts, and the table of numbers of each, in the words of the request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from markupsafe import Markup

from esign.public.charts import Bar, Charted, Point, Tile, columns, line, month_said, month_short, number_said, rows
from esign.public.console import N_, words
from esign.public.figures import HOUR, Spread, per_mille, percent
from policy.figures.figures import Figures, Report
from policy.figures.steps import STEPS, Delivery, Mode
from policy.pages.figures_words import (
    CHANNELS_SAID,
    ENDS_SAID,
    STEPS_SAID,
    class_said,
    class_short,
    time_said,
)

Key = TypeVar("Key", bound=str)


def tiles_of(figures: Figures) -> list[Tile]:
    """Return the four figures that stand on top."""
    say = words().say
    modes, deliveries = figures.modes, figures.deliveries
    return [
        Tile(
            say(N_("发送到签完，一半在")),
            time_said(figures.to_signed.median),
            say(N_("九成在 %(time)s 以内"), time=time_said(figures.to_signed.ninth)),
        ),
        Tile(
            say(N_("签完到出单，一半在")),
            time_said(figures.to_issued.median),
            say(N_("九成在 %(time)s 以内"), time=time_said(figures.to_issued.ninth)),
        ),
        Tile(
            say(N_("远程签署")),
            percent(figures.remote_share),
            say(
                N_("%(all)s 个签名：当面 %(here)s，协助 %(helped)s"),
                all=number_said(figures.signatures),
                here=number_said(modes[Mode.IN_PERSON]),
                helped=number_said(modes[Mode.ASSISTED]),
            ),
        ),
        Tile(
            say(N_("电子保单")),
            percent(figures.paperless_share),
            say(
                N_("出单 %(issued)s：纸质 %(paper)s，未记明 %(untold)s"),
                issued=number_said(figures.issued),
                paper=number_said(deliveries[Delivery.PAPER]),
                untold=number_said(figures.untold),
            ),
        ),
    ]


def charts_of(report: Report) -> list[Charted]:
    """Return the charts; those by month only where there are several."""
    whole, say = report.whole, words().say
    found = [
        _spread("to-signed", say(N_("从发送到签完用了几小时")), whole.to_signed),
        _spread("to-issued", say(N_("从签完到出单用了几小时")), whole.to_issued),
        _funnel(whole),
        _ends(whole),
    ]
    return [*found, _times(report), _remote(report)] if len(report.months) > 1 else found


def tables_of(report: Report, product: Callable[[str], str], institution: Callable[[str], str]) -> list[Charted]:
    """Return the tables by month, product, institution and channel. The functions name products and institutions."""
    say = words().say
    channels = {channel.value: say(said) for channel, said in CHANNELS_SAID.items()}
    return [
        _lots("by-month", say(N_("按月")), say(N_("月份")), report.months, month_said),
        _lots("by-product", say(N_("按产品")), say(N_("产品")), report.products, product),
        _lots("by-institution", say(N_("按机构")), say(N_("机构")), report.institutions, institution),
        _lots("by-channel", say(N_("按录入渠道")), say(N_("渠道")), report.channels, channels.__getitem__),
    ]


def _spread(id: str, title: str, spread: Spread) -> Charted:
    say = words().say
    if not spread.count:
        return Charted(id, title, Markup(), (), ())
    classes = list(zip(class_said(spread), spread.classes, strict=True))
    said = say(
        N_("%(title)s：%(n)s 份，一半在 %(half)s 以内，九成在 %(ninth)s 以内"),
        title=title,
        n=spread.count,
        half=time_said(spread.median),
        ninth=time_said(spread.ninth),
    )
    below = zip(class_short(spread), spread.classes, strict=True)
    chart = columns(said, [Bar(label, count, number_said(count)) for label, count in below])
    return Charted(id, title, chart, (say(N_("小时")), say(N_("份数"))), [(one, number_said(n)) for one, n in classes])


def _funnel(whole: Figures) -> Charted:
    say = words().say
    title = say(N_("走到哪一步"))
    if not whole.sent:
        return Charted("funnel", title, Markup(), (), ())
    came = [(say(STEPS_SAID[step]), whole.funnel[step]) for step in STEPS]
    said = say(N_("%(title)s：发送 %(sent)s 份，出单 %(issued)s 份"), title=title, sent=whole.sent, issued=whole.issued)
    bars = [Bar(label, count, percent(per_mille(count, whole.sent))) for label, count in came]
    head = (say(N_("步骤")), say(N_("份数")), say(N_("占发送")))
    return Charted(
        "funnel",
        title,
        rows(said, bars),
        head,
        [(label, number_said(count), percent(per_mille(count, whole.sent))) for label, count in came],
    )


def _ends(whole: Figures) -> Charted:
    """Return how proposals ended: the chart by how, the table also by how far they had come."""
    say = words().say
    title = say(N_("没有出单的，怎样结束"))
    counted = [(say(ENDS_SAID[end]), sum(steps.values())) for end, steps in whole.ends.items()]
    found = sorted((one for one in counted if one[1]), key=lambda one: -one[1])
    if not found:
        return Charted("ends", title, Markup(), (), ())
    said = say(N_("%(title)s：共 %(n)s 份"), title=title, n=sum(count for _label, count in found))
    table = [
        (say(ENDS_SAID[end]), say(STEPS_SAID[step]), number_said(count))
        for end, steps in whole.ends.items()
        for step, count in steps.items()
        if count
    ]
    head = (say(N_("怎样结束")), say(N_("最远走到")), say(N_("份数")))
    return Charted(
        "ends", title, rows(said, [Bar(label, n, number_said(n), tone=2) for label, n in found]), head, table
    )


def _times(report: Report) -> Charted:
    say = words().say
    title = say(N_("每月从发送到出单用了几小时"))
    known = [(month, one) for month, one in report.months.items() if one.whole.count]
    body = [
        (_marked(month_said(month), one), time_said(one.whole.median), time_said(one.whole.ninth))
        for month, one in known
    ]
    bars = [
        Bar(
            _marked(month_short(month), one, short=True),
            float(one.whole.median or 0),
            f"{(one.whole.median or 0) / HOUR:.1f} / {(one.whole.ninth or 0) / HOUR:.1f}",
            beyond=float(one.whole.ninth or 0),
        )
        for month, one in known
    ]
    half, ninth = say(N_("一半在此以内")), say(N_("九成在此以内"))
    head = (say(N_("月份")), half, ninth)
    return Charted("times", title, rows(title, bars), head, body, (("f1", half), ("f3", ninth)))


def _remote(report: Report) -> Charted:
    say = words().say
    title = say(N_("每月远程签署的占比（%%）"))
    known = [(month, one, share) for month, one in report.months.items() if (share := one.remote_share) is not None]
    points = [Point(month_short(month), share / 10, percent(share), one.is_provisional) for month, one, share in known]
    body = [
        (
            _marked(month_said(month), one),
            percent(share),
            *(number_said(one.modes[mode]) for mode in (Mode.REMOTE, Mode.ASSISTED, Mode.IN_PERSON)),
        )
        for month, one, share in known
    ]
    head = (say(N_("月份")), say(N_("远程占比")), say(N_("远程")), say(N_("协助")), say(N_("当面")))
    return Charted("remote", title, line(title, points, top=100), head, body)


def _lots(id: str, title: str, first: str, lots: Mapping[Key, Figures], name: Callable[[Key], str]) -> Charted:
    say = words().say
    head = (
        first,
        say(N_("发送")),
        say(N_("签完")),
        say(N_("出单")),
        say(N_("在办")),
        say(N_("签完用时，一半")),
        say(N_("出单用时，一半")),
        say(N_("远程")),
        say(N_("电子保单")),
    )
    body = [
        (
            _marked(name(key), one),
            *(number_said(count) for count in (one.sent, one.signed, one.issued, one.open)),
            time_said(one.to_signed.median),
            time_said(one.whole.median),
            percent(one.remote_share),
            percent(one.paperless_share),
        )
        for key, one in lots.items()
    ]
    return Charted(id, title, Markup(), head, body)


def _marked(label: str, figures: Figures, *, short: bool = False) -> str:
    """Return the label, with the mark of what may still change."""
    if not figures.is_provisional:
        return label
    return f"{label}*" if short else words().say(N_("%(label)s（暂计）"), label=label)
