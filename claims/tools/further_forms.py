"""The forms of large losses, of special investigations, and of recoveries."""

from __future__ import annotations

from typing import Final

from claims.tools.fields import Field, Kind, Section
from esign.public.console import N_

LARGE_KINDS: Final = {
    "total-loss": N_("整车推定全损"),
    "serious-injury": N_("重伤或死亡"),
    "several-cars": N_("多车事故"),
    "flood-fire": N_("水淹或火烧"),
    "other": N_("其他"),
}
MEASURES: Final = {
    "appraiser": N_("请公估"),
    "lawyer": N_("请律师"),
    "hospital-visit": N_("到医院探视"),
    "salvage-auction": N_("残值拍卖"),
    "second-survey": N_("复勘"),
}
LARGE_LOSS: Final = (
    Section(
        N_("上报大案"),
        (
            Field("kind", Kind.CHOICE, N_("哪一类"), choices=LARGE_KINDS, needed=True),
            Field("reserve", Kind.YUAN, N_("预计赔款"), N_("写到现在能估计的数，以后可以再报"), needed=True),
            Field("salvage", Kind.YUAN, N_("预计残值")),
            Field("measures", Kind.CHOICES, N_("要采取的措施"), choices=MEASURES),
            Field("expected_on", Kind.DAY, N_("预计结案日期")),
            Field("words", Kind.WORDS, N_("经过和理由"), needed=True),
        ),
    ),
)
CAUSES: Final = {
    "score": N_("风险评分"),
    "tip": N_("举报"),
    "contradiction": N_("陈述与痕迹不符"),
    "history": N_("出险记录异常"),
    "network": N_("与其他案件有关联"),
    "papers": N_("单证可疑"),
}
DONE: Final = {
    "scene-revisited": N_("复勘现场"),
    "witnesses": N_("走访证人"),
    "recordings": N_("调取监控"),
    "shop-visited": N_("走访修理厂"),
    "phone-records": N_("核对通话和位置"),
    "pictures-compared": N_("比对照片"),
}
FINDINGS: Final = {
    "nothing-found": N_("没有发现问题"),
    "doubts-remain": N_("仍有疑点"),
    "exaggerated": N_("损失扩大"),
    "false-papers": N_("单证不实"),
    "staged": N_("事故不实"),
}
INVESTIGATION: Final = (
    Section(
        N_("调查"),
        (
            Field("causes", Kind.CHOICES, N_("为什么调查"), choices=CAUSES, needed=True),
            Field("done", Kind.CHOICES, N_("做了哪些"), choices=DONE, needed=True),
            Field("finding", Kind.CHOICE, N_("调查结论"), choices=FINDINGS, needed=True),
            Field(
                "words",
                Kind.WORDS,
                N_("依据"),
                N_("写事实和出处。结论供审核拦截和核赔参考，不会自动拒赔。"),
                needed=True,
            ),
        ),
    ),
)
BASES: Final = {
    "subrogation": N_("代位求偿"),
    "liable-party": N_("向责任方追偿"),
    "overpaid": N_("多付的赔款"),
}
RECOVERY: Final = (
    Section(
        N_("向谁追偿"),
        (
            Field("basis", Kind.CHOICE, N_("依据"), choices=BASES, needed=True),
            Field("name", Kind.LINE, N_("对方姓名或单位"), needed=True),
            Field("phone", Kind.LINE, N_("电话"), most=20),
            Field("plate", Kind.LINE, N_("对方车牌"), most=16),
            Field("insurer", Kind.LINE, N_("对方保险公司")),
            Field("fen", Kind.YUAN, N_("追偿金额"), needed=True),
            Field("words", Kind.WORDS, N_("说明")),
        ),
    ),
)
