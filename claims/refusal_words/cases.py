"""What is refused about a policy, a report, or a claim at its page."""

from __future__ import annotations

from typing import Final

from claims.refusal_words.form import RefusalWords

CASES: Final[RefusalWords] = {
    "claim-name-taken": (
        "这个外部编号已用于另一个报案",
        "请换一个编号，或查看已有的案件",
        "another claim of this client has this external id",
        "use the claim that is there, or give the new one an id of its own",
    ),
    "claim-only-stored": (
        "本人要求删除，法律要求保存：这个案件只保存，不再查看和使用",
        "请等保存期满；有疑问请找合规的同事",
        "the person asked for erasure, and a law demands keeping: this claim is stored, and neither looked at nor used",
        "wait until its time is over, or ask a compliance officer",
    ),
    "no-motor-policy": (
        "没有此车险保单",
        "请核对保单号，或先登记保单",
        "there is no such motor policy",
        "check the number, or register the policy first",
    ),
    "motor-policy-not-in-force": (
        "出险时保单不在保险期间",
        "请核对出险时间和保单号",
        "the policy was not in force when the loss happened",
        "check the number and when it happened",
    ),
    "motor-policy-number": (
        "保单号格式不正确",
        "请核对保单号，如 CX330126112700",
        "this is no number of a policy",
        "give it as two letters and digits, such as CX330126112700",
    ),
    "no-customer-phone": (
        "保单上没有可用的手机号",
        "请先在保单上登记被保险人的手机号",
        "nobody can be reached by the phone of the policy",
        "register the policy with the phone of whoever is insured",
    ),
    "claim-not-allowed": (
        "您的角色不能办理此项",
        "请由有权限的同事办理",
        "your role does not do this",
        "ask a colleague whose role does",
    ),
    "claim-not-yours": (
        "此案不是您在办理",
        "请先领取案件，或由主管改派给您",
        "you do not handle this claim",
        "take it first, or ask the team lead to hand it over to you",
    ),
    "survey-changed": (
        "查勘任务在您填写期间已变更",
        "请刷新案件，看现在由谁查勘",
        "the survey changed while the form was filled in",
        "look at the claim again: somebody else may survey it now",
    ),
    "no-notice": (
        "拒赔通知书还没有作出",
        "请稍候，作出后会出现在案件页面上",
        "the notice of the refusal is not made yet",
        "wait: it is on the page of the claim when it is made",
    ),
    "not-one-event": (
        "这个案件与此案不是同一张保单、同一时间的报案",
        "请核对是否同一事故",
        "that claim does not report the same event: another policy, or another time",
        "compare the two, and join only what is one event",
    ),
    "no-phone": (
        "没有这部手机",
        "请刷新页面，看现在有哪些手机",
        "there is no such phone",
        "look at the list again",
    ),
    "form-unclear": (
        "表单中有一项没有填，或填得不对",
        "请按提示更正后再提交",
        "something in the form is missing, or not as it should be",
        "correct what is marked, and send it again",
    ),
}
