"""What the live page says of an envelope and of each person in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from esign.ceremony.domain.change_rules import FACE_OF_ANOTHER
from esign.ceremony.domain.values import EnvelopeState, RecipientState
from esign.ceremony.live import LiveEnvelope, LiveRecipient
from esign.web.ceremony_pages import REASONS
from esign.web.console.void_reasons import VOID_REASONS
from esign.web.rendering import words
from esign.web.words import BEIJING, N_

_STATES: Final[Mapping[RecipientState, str]] = {
    RecipientState.PENDING: N_("还没轮到"),
    RecipientState.SENT: N_("已发链接，还没打开"),
    RecipientState.OPENED: N_("正在核验身份"),
    RecipientState.IDENTIFIED: N_("正在阅读"),
    RecipientState.READ: N_("正在签名"),
    RecipientState.DRAWN: N_("正在拍照确认"),
    RecipientState.CONFIRMED: N_("已确认，正在生成签名"),
    RecipientState.SIGNED: N_("已签"),
    RecipientState.SIGNING_FAILED: N_("签名没有做成，要再确认一次"),
    RecipientState.DECLINED: N_("决定不签"),
    RecipientState.EXPIRED: N_("已截止"),
    RecipientState.REPLACED: N_("已更换"),
}
_TAGS: Final[Mapping[RecipientState, str]] = {
    RecipientState.PENDING: "",
    RecipientState.SENT: "wait",
    RecipientState.CONFIRMED: "pass",
    RecipientState.SIGNED: "pass",
    RecipientState.SIGNING_FAILED: "wait",
    RecipientState.DECLINED: "fail",
    RecipientState.EXPIRED: "fail",
}
_ENDED: Final[Mapping[EnvelopeState, str]] = {
    EnvelopeState.COMPLETED: N_("全部签好，已盖章"),
    EnvelopeState.DECLINED: N_("有人决定不签，已停止"),
    EnvelopeState.EXPIRED: N_("已过截止时间"),
    EnvelopeState.VOIDED: N_("已撤回"),
    EnvelopeState.DRAFT: N_("准备好了，还没有发送"),
}
_STOPPED: Final = N_("没有签完就停止了")


def heading(live: LiveEnvelope) -> str:
    """Return the heading: how many have signed, or how it ended."""
    if live.state in _ENDED:
        return words().say(_ENDED[live.state])
    return words().say(N_("共 %(all)s 位签署人，%(n)s 位已签好"), all=len(live.signers), n=live.signed)


def state_words(live: LiveEnvelope, one: LiveRecipient) -> str:
    """Return where somebody stands."""
    if live.state is EnvelopeState.DRAFT:
        return words().say(N_("还没发送"))
    over = live.state in {EnvelopeState.VOIDED, EnvelopeState.DECLINED, EnvelopeState.EXPIRED}
    if over and one.state not in {RecipientState.SIGNED, RecipientState.DECLINED}:
        return words().say(_STOPPED)
    return words().say(_STATES[one.state])


def tag_of(live: LiveEnvelope, one: LiveRecipient) -> str:
    """Return the class of the tag beside it: colour and shape stand beside the words."""
    if live.state in {EnvelopeState.DRAFT, EnvelopeState.VOIDED, EnvelopeState.EXPIRED}:
        return "pass" if one.state is RecipientState.SIGNED else ""
    return _TAGS.get(one.state, "act")


def declined_words(reason: str) -> str:
    """Return the reason that somebody chose for not signing."""
    return words().say(REASONS.get(reason, REASONS["other"]))


def ending_words(live: LiveEnvelope) -> str:
    """Return why it ended before its time."""
    say = words().say
    if live.state is EnvelopeState.EXPIRED:
        return say(N_("到截止时间还没有签完。需要的话，请重新发起。"))
    if live.state is EnvelopeState.DECLINED:
        return say(N_("有一位签署人决定不签，这份文件就此停止。"))
    if live.ending == FACE_OF_ANOTHER:
        return say(N_("业务员说照片不是客户本人，这份文件就此停止。"))
    reason = VOID_REASONS.get(live.ending or "")
    if reason is None:
        return say(N_("文件已撤回，谁都不能再签。"))
    return say(N_("文件已撤回，谁都不能再签。原因：%(reason)s"), reason=say(reason))


def clock(at: datetime) -> str:
    """Return the time of day in Beijing to the second, with month and day where it is not today's."""
    today = datetime.now(UTC).astimezone(BEIJING).date()
    return words().second(at)[11 if at.astimezone(BEIJING).date() == today else 5 :]


LIVE_WORDS: Final[Mapping[str, Callable[..., str]]] = {
    "heading": heading,
    "state_words": state_words,
    "tag_of": tag_of,
    "declined_words": declined_words,
    "ending_words": ending_words,
    "clock": clock,
}
