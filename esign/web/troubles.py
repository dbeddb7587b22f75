"""What a person is told when it does not go on: what happened, what to do, and what is kept. Never a code.

Each has a way out: on with the ceremony, a fresh code, the same page again, or people who help.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from esign.web.words import N_


class Way(StrEnum):
    """Where the one button of a trouble leads."""

    GO_ON = "go-on"
    FRESH_CODE = "fresh-code"
    AGAIN = "again"
    TABLET = "tablet"
    VERIFY = "verify"
    NOWHERE = "nowhere"


@dataclass(frozen=True)
class Trouble:
    """What is told: messages of the catalogue. `safe` says what is kept, and only what is true."""

    status: int
    title: str
    cause: str
    cure: str
    safe: str
    way: Way = Way.NOWHERE
    button: str = ""


_ALL_KEPT: Final = N_("您已完成的步骤都已保存，什么都没丢。")
_NOTHING_SIGNED: Final = N_("没有签下任何内容。")
_ASK: Final = N_("请联系请您签署的业务员或保险公司客服，请他们重新发起。")
_ENDED: Final = N_("这份文件没有签成，也不会再有人来签。")
_WAIT_A_LITTLE: Final = N_("请过一会儿再点“再试一次”。")
_TRY_AGAIN: Final = N_("再试一次")

TROUBLES: Final[Mapping[str, Trouble]] = {
    "link-unknown": Trouble(
        404,
        N_("这个链接打不开文件"),
        N_("链接不完整，或者已经换成了新的链接。"),
        N_("请打开最新一条短信里的链接；没有收到的话，请联系业务员重新发送。"),
        _NOTHING_SIGNED,
    ),
    "no-cookies": Trouble(
        409,
        N_("这个浏览器记不住您"),
        N_("它不保存 Cookie，填对了验证码也进不去下一步。"),
        N_("请在浏览器设置里允许保存 Cookie，再点“再试一次”；也可以把短信里的链接复制到手机自带的浏览器打开。"),
        N_("没有用掉验证码，什么都没丢。"),
        Way.AGAIN,
        _TRY_AGAIN,
    ),
    "no-page": Trouble(
        404,
        N_("没有这个页面"),
        N_("地址不完整，或者这一页已经不在了。"),
        N_("请从短信里的链接重新进入。"),
        _ALL_KEPT,
        Way.GO_ON,
        N_("回到签署"),
    ),
    "record-erased": Trouble(
        410,
        N_("这份文件已经删除"),
        N_("保存期限已过，或者已应要求删除了相关的个人信息。"),
        N_("如有疑问，请联系保险公司客服。"),
        N_("删除之后，任何人都看不到其中的个人信息。"),
    ),
    "not-your-turn": Trouble(
        409,
        N_("还没有轮到您签"),
        N_("前面的人还没有签完。"),
        N_("轮到您时，我们会发短信给您，到时再打开链接。"),
        N_("您什么都不用做，链接会一直有效到截止时间。"),
        Way.AGAIN,
        N_("看看轮到没有"),
    ),
    "envelope-draft": Trouble(
        409,
        N_("文件还没有发出"),
        N_("业务员还在准备这份文件。"),
        N_("发出之后您会收到短信，到时再打开链接。"),
        _NOTHING_SIGNED,
        Way.AGAIN,
        _TRY_AGAIN,
    ),
    "envelope-expired": Trouble(410, N_("签署已经截止"), N_("已过这份文件的签署截止时间。"), _ASK, _ENDED),
    "recipient-expired": Trouble(410, N_("签署已经截止"), N_("已过这份文件的签署截止时间。"), _ASK, _ENDED),
    "envelope-voided": Trouble(410, N_("这份文件已经撤回"), N_("发起签署的一方撤回了这份文件。"), _ASK, _ENDED),
    "envelope-declined": Trouble(410, N_("签署已经停止"), N_("有一位签署人决定不签，这份文件就此停止。"), _ASK, _ENDED),
    "recipient-declined": Trouble(
        410,
        N_("您已经选择不签"),
        N_("按您的决定，这份文件的签署已经停止，业务员会收到通知。"),
        N_("如果改了主意，请联系业务员重新发起。"),
        _NOTHING_SIGNED,
    ),
    "recipient-replaced": Trouble(
        410,
        N_("这份文件不再由您签署"),
        N_("业务员更换了签署人。"),
        N_("如有疑问，请联系业务员。"),
        _NOTHING_SIGNED,
    ),
    "copy-never-signs": Trouble(
        409,
        N_("这份文件不需要您签"),
        N_("您是抄送人，只接收签好的文件。"),
        N_("全部签好以后，用同一个链接下载。"),
        N_("您什么都不用做。"),
        Way.AGAIN,
        N_("看看签好没有"),
    ),
    "too-many-codes": Trouble(
        429,
        N_("验证码发得太多了"),
        N_("一小时内最多发 5 次，一天最多 10 次。"),
        N_("请等一小时再来；手机收不到短信的话，请联系业务员核对手机号。"),
        _ALL_KEPT,
        Way.AGAIN,
        _TRY_AGAIN,
    ),
    "too-many-requests": Trouble(
        429,
        N_("操作得太快了"),
        N_("一分钟之内点得太多，系统先歇一下。"),
        N_("请等一分钟，再点“再试一次”。"),
        _ALL_KEPT,
        Way.AGAIN,
        _TRY_AGAIN,
    ),
    "session-missing": Trouble(
        401,
        N_("请从链接重新进入"),
        N_("这个浏览器里没有您的签署记录。可能换了浏览器，或者清除过浏览数据。"),
        N_("请回到短信，重新点开链接，再收一次验证码。"),
        _ALL_KEPT,
    ),
    "session-over": Trouble(
        401,
        N_("为了安全，请再验证一次"),
        N_("离上次验证已经两个小时。"),
        N_("点下面的按钮，收一个新的验证码，接着刚才的地方签。"),
        _ALL_KEPT,
        Way.FRESH_CODE,
        N_("收新的验证码，接着签"),
    ),
    "another-device": Trouble(
        409,
        N_("签署已在另一台设备上继续"),
        N_("同一个链接在另一台手机或平板上通过了验证，这里就停下了。"),
        N_("请在那台设备上接着签；要回到这里签，就收一个新的验证码。"),
        _ALL_KEPT,
        Way.FRESH_CODE,
        N_("收新的验证码，在这里签"),
    ),
    "handed-over": Trouble(
        409,
        N_("正在平板上当面签署"),
        N_("业务员把平板交给了您当面签，这部手机就先停下。"),
        N_("请在平板上接着签；想回到手机上签，请业务员先收回平板。"),
        _ALL_KEPT,
        Way.AGAIN,
        N_("看看平板收回没有"),
    ),
    "handover-over": Trouble(
        401,
        N_("请把平板交还给业务员"),
        N_("在平板上签署的时间到了，或者平板已经交还。"),
        N_("请业务员收回平板，可以再交给您接着签，也可以改用您自己的手机签。"),
        _ALL_KEPT,
        Way.TABLET,
        N_("交还平板"),
    ),
    "copy-over": Trouble(
        401,
        N_("下载要再验证一次"),
        N_("验证码打开的下载只保留一个小时。"),
        N_("请从短信里的链接重新进入，收一个新的验证码。"),
        N_("签好的文件一直为您保存着。"),
        Way.AGAIN,
        N_("收新的验证码"),
    ),
    "identity-not-enough": Trouble(
        409,
        N_("还不能确认您的身份"),
        N_("这份文件要求用另一种方式核验身份。"),
        N_("请联系业务员，请他协助您核验。"),
        _ALL_KEPT,
    ),
    "vendor-unavailable": Trouble(
        503,
        N_("核验暂时办不了"),
        N_("负责核验的机构没有回应。"),
        _WAIT_A_LITTLE,
        _ALL_KEPT,
        Way.AGAIN,
        _TRY_AGAIN,
    ),
    "form-forged": Trouble(
        403,
        N_("这一页放得太久了"),
        N_("页面不是最新的，刚才的操作没有收下。"),
        N_("请打开最新的页面，再做一次。"),
        _ALL_KEPT,
        Way.GO_ON,
        N_("打开最新的页面"),
    ),
    "body-too-large": Trouble(
        413,
        N_("文件太大了"),
        N_("发送的照片超过了 15 兆。"),
        N_("请换一张小一点的照片，或者用前置相机重新拍。"),
        _ALL_KEPT,
        Way.GO_ON,
        N_("回到签署"),
    ),
    "busy": Trouble(
        503,
        N_("系统正忙"),
        N_("现在签署的人很多，刚才的操作没有做完。"),
        _WAIT_A_LITTLE,
        _ALL_KEPT,
        Way.AGAIN,
        _TRY_AGAIN,
    ),
    "not-done": Trouble(
        409,
        N_("这一步没有做成"),
        N_("页面和实际进度对不上。"),
        N_("点下面的按钮，回到您现在该做的一步。"),
        _ALL_KEPT,
        Way.GO_ON,
        N_("回到签署"),
    ),
    "verdict-gone": Trouble(
        410,
        N_("这里没有核验结果"),
        N_("结果只保留 15 分钟，已经删除；也可能是地址不完整。"),
        N_("请重新选文件核验，通常几秒钟就好。"),
        N_("文件从来没有保存过，结果也已经删除，没有人能再看到。"),
        Way.VERIFY,
        N_("重新核验"),
    ),
    "verdict-busy": Trouble(
        503,
        N_("还没有轮到这份文件"),
        N_("现在排队核验的文件很多，等的时间太长了。"),
        N_("请过几分钟再选一次文件。"),
        N_("文件没有保存。"),
        Way.VERIFY,
        N_("重新核验"),
    ),
    "verdict-lost": Trouble(
        503,
        N_("这次核验没有做完"),
        N_("问题在我们这边，不是文件的问题，也不说明文件是好是坏。"),
        N_("请再选一次文件；还是不行的话，请联系我们的客服。"),
        N_("文件没有保存。"),
        Way.VERIFY,
        N_("重新核验"),
    ),
    "internal-error": Trouble(
        500,
        N_("系统出了点问题"),
        N_("问题在我们这边，不是您的操作。我们已经记下来，会有人处理。"),
        N_("请过几分钟再试；一直不行的话，请联系业务员。"),
        _ALL_KEPT,
        Way.AGAIN,
        _TRY_AGAIN,
    ),
}
BUSY: Final = frozenset(
    {"database-unavailable", "database-busy", "storage-unavailable", "workers-busy", "stream-changed"}
)
"""Codes that say that trying again in a moment helps."""
HTTP_TROUBLES: Final[Mapping[str, str]] = {
    "no-route": "no-page",
    "method-not-allowed": "no-page",
    "body-too-large": "body-too-large",
}
STRAY: Final = frozenset(
    {
        "open-first",
        "identify-first",
        "read-first",
        "draw-first",
        "confirm-first",
        "step-over",
        "confirmed-already",
        "signed-already",
        "confirm-again",
        "consents-missing",
        "consent-unknown",
        "consent-out-of-step",
        "page-unknown",
        "page-views-full",
        "pages-unread",
        "photo-not-asked",
        "photo-missing",
        "envelope-completed",
        "envelope-sealing",
        "envelope-seal-failed",
    }
)
"""Codes of an act that came too early, too late or twice: whoever acts is led to where they stand."""


def trouble_of(code: str) -> Trouble:
    """Return what a person is told for the code of a refusal or an error."""
    if code in BUSY:
        return TROUBLES["busy"]
    return TROUBLES.get(HTTP_TROUBLES.get(code, code)) or TROUBLES["not-done"]
