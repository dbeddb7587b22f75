"""What happened to a claim, in a sentence for each event, with what is worth telling of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from claims.pages import words as w
from claims.risk.explaining import STEPS
from claims.risk.facts import Step
from claims.settlement.telling import in_yuan
from claims.tools.self_service_form import REASONS as SURVEY_REASONS
from claims.tools.tool import Tool
from esign.public.console import N_, words

HAPPENED: Final[Mapping[str, str]] = {
    "claim.reported": N_("报案"),
    "claim.triaged": N_("分案"),
    "claim.scored": N_("风险评分"),
    "claim.blocked": N_("拦截，转人工"),
    "claim.block-reviewed": N_("审核了拦截"),
    "claim.taken": N_("领取了案件"),
    "claim.handed-over": N_("改派了案件"),
    "claim.person-asked": N_("客户要求专人办理"),
    "claim.call-back-asked": N_("客户等回电"),
    "claim.called-back": N_("给客户回了电"),
    "claim.papers-asked": N_("一次性告知了所缺材料"),
    "claim.papers-received": N_("收到材料"),
    "claim.papers-waived": N_("免交材料"),
    "claim.picture-added": N_("收到照片"),
    "claim.form-filed": N_("填写了表单"),
    "claim.device-revoked": N_("手机挂失"),
    "claim.joined": N_("并入另一案件"),
    "claim.absorbed": N_("另一案件并入"),
    "claim.survey-taken": N_("查勘员领取了查勘"),
    "claim.survey-reassigned": N_("改派了查勘"),
    "claim.survey-changed": N_("改了查勘方式"),
    "claim.surveyed": N_("查勘完成"),
    "claim.assessed": N_("定损"),
    "claim.verified": N_("核损"),
    "claim.supplement-opened": N_("补充定损"),
    "claim.adjudicated": N_("理算"),
    "claim.offer-made": N_("向客户报价"),
    "claim.agreement-sent": N_("发出赔款确认书"),
    "claim.agreement-returned": N_("赔款确认书没有签成"),
    "claim.agreed": N_("客户同意"),
    "claim.price-disputed": N_("客户有异议"),
    "claim.dispute-passed": N_("异议转报价组"),
    "claim.dispute-answered": N_("答复了异议"),
    "claim.refused": N_("拒赔"),
    "claim.refusal-notified": N_("发出拒赔通知书"),
    "claim.withdrawn": N_("撤销"),
    "claim.closed": N_("结案"),
    "claim.reopened": N_("重开"),
    "claim.rated": N_("客户评价"),
    "claim.recovery-opened": N_("开始追偿"),
    "claim.recovered": N_("追回款项"),
    "claim.recovery-closed": N_("追偿结束"),
    "claim.payee-set": N_("收款账户"),
    "claim.payee-approved": N_("批准了收款人"),
    "claim.payment-approved": N_("批准了付款"),
    "claim.approval-fallen": N_("付款审批失效，要重新审批"),
    "claim.advance-allowed": N_("批准预付"),
    "claim.payment-ordered": N_("向银行发出付款"),
    "claim.payment-made": N_("银行已付"),
    "claim.payment-failed": N_("银行没有付成"),
    "claim.payment-unanswered": N_("银行没有答复"),
    "claim.payment-contradicted": N_("银行先说已付，后说没有"),
    "claim.payment-found-surplus": N_("发现重复支付"),
    "claim.picture-checked": N_("核对了照片"),
    "claim.survey-seen": N_("记下了现场情况"),
    "claim.injury-seen": N_("记下了伤情"),
    "claim.shop-seen": N_("记下了修理厂情况"),
    "claim.papers-seen": N_("记下了单证情况"),
    "claim.surveyor-sent": N_("派出查勘员"),
    "claim.survey-declined": N_("查勘员去不了"),
    "claim.nobody-free": N_("没有查勘员空闲"),
    "claim.call-back-taken": N_("有人去回电"),
    "claim.quotes-asked": N_("向供应商询价"),
    "claim.quote-received": N_("收到报价"),
    "claim.quote-declined": N_("供应商不报价"),
    "claim.parts-ordered": N_("订购配件"),
    "claim.parts-delivered": N_("配件送到"),
    "claim.parts-cancelled": N_("取消配件"),
    "claim.alarm-acknowledged": N_("经理确认了告警"),
    "claim.reminded": N_("提醒：时限快到了"),
    "claim.clock-broken": N_("超时"),
}
FALLEN: Final[Mapping[str, str]] = {
    "payee-changed": N_("审批之后收款账户变了"),
    "amount-changed": N_("审批之后金额变了"),
    "supplement": N_("审批之后补充了定损"),
    "blocked": N_("审批之后被拦截"),
    "person-asked": N_("审批之后客户要求专人办理"),
}
"""Why an approval does not hold any more."""
_CODES: Final[Mapping[tuple[str, str], Mapping[str, str]]] = {
    ("claim.handed-over", "reason"): w.HAND_OVERS,
    ("claim.survey-changed", "reason"): SURVEY_REASONS,
    ("claim.survey-changed", "way"): w.SURVEY_WAYS,
    ("claim.triaged", "way"): w.SURVEY_WAYS,
    ("claim.papers-asked", "items"): w.PAPERS,
    ("claim.papers-received", "items"): w.PAPERS,
    ("claim.papers-waived", "items"): w.PAPERS,
    ("claim.verified", "reasons"): w.WANTING,
    ("claim.supplement-opened", "reason"): w.SUPPLEMENTS,
    ("claim.refused", "reasons"): w.REFUSALS,
    ("claim.withdrawn", "reason"): w.WITHDRAWALS,
    ("claim.reopened", "reason"): w.REOPENINGS,
    ("claim.recovery-closed", "reason"): w.RECOVERY_ENDS,
    ("claim.approval-fallen", "reason"): FALLEN,
    ("claim.form-filed", "tool"): {tool.value: said for tool, said in w.TOOLS.items()},
    ("claim.reported", "cause"): w.CAUSES,
}
_YES_NO: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("claim.block-reviewed", "released"): (N_("解除拦截"), N_("维持拦截")),
    ("claim.called-back", "reached"): (N_("接通了"), N_("没有接通，还要再打")),
    ("claim.verified", "passed"): (N_("通过"), N_("退回")),
    ("claim.dispute-answered", "changed"): (N_("重新定损"), N_("价格不变")),
    ("claim.payee-set", "matches"): (N_("是被保险人本人"), N_("不是被保险人本人，要第二个人批准")),
}
WRITTEN: Final[Mapping[str, str]] = {
    "claim.block-reviewed": "reason",
    "claim.papers-asked": "message",
    "claim.papers-received": "record",
    "claim.papers-waived": "reason",
    "claim.dispute-answered": "reason",
    "claim.price-disputed": "record",
    "claim.refused": "words",
    "claim.reopened": "words",
}
"""The member of an event that names words which somebody wrote."""


def details_of(type: str, payload: Mapping[str, Any]) -> list[str]:
    """Return what is told of an event beside its name, in the language of this request."""
    said = words().say
    told: list[str] = []
    if type == "claim.triaged":
        told.append(said(w.LANES[str(payload["lane"])][1]))
    for (of, member), called in _CODES.items():
        if of == type and (value := payload.get(member)):
            codes = value if isinstance(value, list | tuple) else [value]
            told += [said(called[str(code)]) if str(code) in called else str(code) for code in codes]
    for (of, member), (yes, no) in _YES_NO.items():
        if of == type and payload.get(member) is not None:
            told.append(said(yes if payload[member] else no))
    if (fen := payload.get("fen")) is not None:
        told.append(said(N_("%(yuan)s 元"), yuan=in_yuan(int(fen))))
    return told + _numbers(type, payload)


def _numbers(type: str, payload: Mapping[str, Any]) -> list[str]:
    said = words().say
    if type == "claim.scored":
        step = STEPS[Step(payload["step"])]
        return [words().choose(step.zh, step.en), said(N_("%(score)s 分"), score=payload["score"])]
    if type == "claim.assessed":
        return [said(N_("%(yuan)s 元"), yuan=in_yuan(int(payload["vehicle"]) + int(payload["injury"])))]
    if type == "claim.form-filed" and payload["tool"] in set(Tool) and int(payload["seconds"]) >= 60:
        return [said(N_("用了 %(n)s 分钟"), n=int(payload["seconds"]) // 60)]
    if type == "claim.surveyed" and payload.get("fault") is not None:
        return [said(N_("责任 %(n)s%%"), n=payload["fault"])]
    if type == "claim.rated":
        return [said(N_("%(n)s 星"), n=payload["stars"])]
    return []
