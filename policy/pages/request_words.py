"""What the pages call service requests: kinds, states, what happened, why one was not carried out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from esign.public.console import N_
from policy.domain.request_events import RequestKind
from policy.domain.requests import RequestState

KINDS: Final[Mapping[str, str]] = {
    RequestKind.BENEFICIARY: N_("变更受益人"),
    RequestKind.ADDRESS: N_("变更联系方式"),
    RequestKind.SURRENDER: N_("解除合同（退保）"),
    RequestKind.CANCELLATION: N_("犹豫期解除合同"),
}
STATES: Final[Mapping[str, tuple[str, str]]] = {
    RequestState.ENTERED: ("act", N_("待发送")),
    RequestState.SENT: ("wait", N_("签署中")),
    RequestState.SIGNED: ("wait", N_("已签署，办理中")),
    RequestState.DONE: ("pass", N_("已办结")),
    RequestState.REFUSED: ("", N_("未办理")),
}
HAPPENED: Final[Mapping[str, str]] = {
    "request.entered": N_("录入申请"),
    "request.sent": N_("已发出，请客户签署"),
    "request.signed": N_("所有人签署完成"),
    "request.returned": N_("签署未完成，退回"),
    "request.done": N_("已办结"),
    "request.refused": N_("没有办理"),
}
REFUSALS: Final[Mapping[str, str]] = {
    "customer-changed-mind": N_("客户不办了"),
    "wrong-details": N_("填写的信息不对"),
    "identity-in-doubt": N_("不能确认是客户本人的意思"),
    "claim-open": N_("有理赔案件没有结案"),
    "papers-missing": N_("缺少材料"),
}
"""Reasons that staff give for refusing."""
REASONS: Final[Mapping[str, str]] = {
    **REFUSALS,
    "declined-by-signer": N_("签署人拒签"),
    "policy-ended": N_("保单已经终止"),
    "not-signed-in-time": N_("30 天内没有签署完成"),
    "record-erased": N_("申请的内容已删除"),
    "hesitation-over": N_("犹豫期已过"),
    "cancel-instead": N_("还在犹豫期内，应申请犹豫期内解除"),
}
OTHER_REASON: Final = N_("其他原因")
UNSENT: Final[Mapping[str, str]] = {
    "phone-of-staff": N_("客户登记的手机号是本公司员工的，不能发送。请联系运营。"),
    "phone-of-agent": N_("客户登记的手机号是销售人员的，不能发送。请联系运营。"),
}
"""Why a request that is entered did not go out, by the code of the refusal."""
NOT_SENT: Final = N_("申请已录入，但没有发出去。请稍后再发一次。")


def reason_message(code: str | None) -> str:
    """Return the message of why a request was refused."""
    return REASONS.get(code or "", OTHER_REASON)
