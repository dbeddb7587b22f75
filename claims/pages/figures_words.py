"""What the figures of claims are called on pages, and exactly what each of them counts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Final

from claims.figures.courses import UNSETTLED, Block, Standing
from claims.figures.figures import Figures
from claims.figures.stretches import DAY, ENDS_OF_CLASSES, HOUR, Stretch
from claims.limits.catalogue import Tier
from claims.limits.files import load_limits
from claims.pages.board_words import LANES
from claims.pages.words import TOOLS
from claims.risk.rules import load_rules
from claims.tools.tool import Tool
from esign.public.charts import number_said
from esign.public.console import N_, words
from esign.public.values import Words

STEPS_SAID: Final[Mapping[Stretch, str]] = {
    Stretch.SURVEY: N_("报案到查勘完"),
    Stretch.ASSESS: N_("定损"),
    Stretch.VERIFY: N_("核损理算到报价"),
    Stretch.AGREE: N_("客户确认"),
    Stretch.PAY: N_("付款到账"),
}
STANDINGS_SAID: Final[Mapping[Standing, str]] = {
    Standing.PAID: N_("已到账"),
    Standing.REFUSED: N_("已拒赔"),
    Standing.WITHDRAWN: N_("已撤案"),
    Standing.CLOSED_UNPAID: N_("没有赔款结案"),
    Standing.OPEN: N_("还没结束"),
}
BLOCKS_SAID: Final[Mapping[Block, str]] = {
    Block.WAITING: N_("等人审核"),
    Block.UPHELD: N_("审后维持"),
    Block.RELEASED: N_("放行"),
}
PHONE_SAID: Final[Mapping[str, str]] = {
    "report": N_("自己报案"),
    "pictures": N_("拍照上传"),
    "survey": N_("自助查勘做完"),
    "agreement": N_("手机确认赔款"),
    "dispute": N_("手机提异议"),
    "rating": N_("评价"),
}
LEGEND: Final = (
    (
        N_("统计范围"),
        N_(
            "按报案的月份（北京时间）统计，后来的事不论哪个月发生都算在这个月。并入同一事故另一案的报案不再另算。"
            "档次和金额以第一次到账时为准，通道以现在所在为准。所有数字都由存证记录逐条算出。"
        ),
    ),
    (
        N_("报案到到账"),
        N_(
            "从报案到赔款第一次到账，包括等客户的时间。预付不算到账，除非预付已是全部赔款，那就算到客户确认时。"
            "银行说没付成的，等真正付成才算。不足一分钟算一分钟；超过一天按小时，不足一小时算一小时。"
            "一半、九成按最近序位法取其中一件的时间。"
        ),
    ),
    (N_("实时赔付"), N_("报案后 60 分钟以内到账的件数；平均分钟只算这些案件。比例是占全部报案。")),
    (N_("当天到账"), N_("在报案的同一天（北京时间）到账的件数。")),
    (
        N_("5000 元以内，24 小时到账"),
        N_(
            "没有人伤、赔款大于零且不超过 5000 元的案件里，24 小时以内到账的占多少。"
            "还没有理算的按定损，还没有定损的按报案估损；还没有到账的也在分母里，撤案和拒赔的不在。"
        ),
    ),
    (
        N_("每一步用了多久"),
        N_("只算已到账的案件。重做过的按最后一次，之前耽误的时间都在定损里。报案到结案只算已结案的，1 万元以内另列。"),
    ),
    (
        N_("工具覆盖"),
        N_(
            "至少用过一种工具的案件占多少：查勘、理赔人员交过的表单，派查勘、配件询价，以及客户在手机上做过的事。"
            "平均分钟是每张表单从打开到提交。"
        ),
    ),
    (
        N_("风险分和风险点"),
        N_("每件取历次最高分。风险点按触发过它的案件数，同一件只算一次；后两列是其中被拦截的、拦截后又放行的。"),
    ),
    (
        N_("拦截和推翻"),
        N_(
            "转到人工通道至少一次的案件，以最后一次审核为准：放行就是推翻，放行后又拦截的算等人审核。"
            "金额是赔款，没有理算的按定损或估损。拦截不等于拒赔：拦截后到账的另列，都由人批准。"
        ),
    ),
    (N_("暂计"), N_("这个月还没有过完，或者还有案件没有结束，数字还会变。")),
)
"""Each figure, and what it counts, as `claims.figures` does."""


def time_said(minutes: int | None) -> str:
    """Return minutes as people read them: minutes, hours, or days; a dash where there is nothing."""
    if minutes is None:
        return "–"
    if minutes < 2 * HOUR:
        return words().say(N_("%(n)s 分钟"), n=minutes)
    if minutes <= 2 * DAY:
        return words().say(N_("%(n)s 小时"), n=f"{minutes / HOUR:.1f}")
    return words().say(N_("%(n)s 天"), n=f"{minutes / DAY:.1f}")


def classes_said() -> list[str]:
    """Return the classes of the time from report to payment, each by where it ends."""
    ends = [_short(one) for one in ENDS_OF_CLASSES]
    between = [
        f"{low if unit == upper else f'{low} {unit}'}–{high} {upper}" for (low, unit), (high, upper) in pairwise(ends)
    ]
    return [f"≤ {' '.join(ends[0])}", *between, f"> {' '.join(ends[-1])}"]


def _short(minutes: int) -> tuple[str, str]:
    """Return a number and its unit, both short."""
    if minutes <= HOUR:
        return str(minutes), words().choose("分", "min")
    if minutes <= DAY:
        return str(minutes // HOUR), words().choose("小时", "h")
    return str(minutes // DAY), words().choose("天", "days")


def in_order(tiers: Mapping[str, Figures]) -> list[tuple[str, Figures]]:
    """Return tiers by their amounts, the smallest first; what has no tier comes last."""
    ranks = {code: rank for rank, code in enumerate(_tiers())}
    return sorted(tiers.items(), key=lambda one: (ranks.get(one[0], len(ranks)), one[0]))


def tier_said(tier: str) -> str:
    """Return what a tier is called in the newest limits that have it; its code where none has."""
    if tier == UNSETTLED:
        return words().say(N_("还没有理算"))
    found = _tiers().get(tier)
    return tier if found is None else words().choose(found.words.zh, found.words.en)


def tier_short(tier: str) -> str:
    """Return a tier by its amount, as it stands beside a bar."""
    tiers = _tiers()
    if tier not in tiers:
        return tier_said(tier)
    upto = tiers[tier].upto
    if upto is None:
        largest = max(one.upto for one in tiers.values() if one.upto is not None)
        return f"> {yuan_said(largest)}"
    return f"≤ {yuan_said(upto)}"


def lane_said(lane: str) -> str:
    """Return what a lane is called."""
    return words().say(LANES[lane][1]) if lane in LANES else lane


def tool_said(tool: str) -> str:
    """Return what a tool is called; its code where it is none of ours."""
    return words().say(TOOLS[Tool(tool)]) if tool in set(Tool) else tool


def point_said(point: str) -> str:
    """Return the number of a risk point, and what it is called in the newest points that have it."""
    found = _points().get(point)
    return point if found is None else f"{point} {words().choose(found.zh, found.en)}"


@cache
def _tiers() -> Mapping[str, Tier]:
    """Return the tiers of all limits, as the newest that have them; of one version they rise."""
    return {tier.code: tier for limits in load_limits() for tier in limits.tiers}


@cache
def _points() -> Mapping[str, Words]:
    return {point.id: point.name for rules in load_rules() for point in rules.points.points.values()}


def yuan_said(fen: int) -> str:
    """Return an amount in whole yuan, rounded half up."""
    return number_said((fen + 50) // 100)


def marked(label: str, figures: Figures) -> str:
    """Return the label, with the mark of what may still change."""
    return words().say(N_("%(label)s（暂计）"), label=label) if figures.is_provisional else label
