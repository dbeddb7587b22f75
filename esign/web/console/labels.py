"""The words for what the staff room calls by codes: roles, states, kinds of approvals, reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from esign.staff.domain.approvals import ApprovalState
from esign.staff.domain.member import MemberState
from esign.staff.domain.roles import ApprovalKind, Factor, Role
from esign.web.rendering import words
from esign.web.words import N_

ROLES: Final[Mapping[Role, str]] = {
    Role.SALES: N_("销售"),
    Role.SUPERVISOR: N_("主管"),
    Role.COMPLIANCE: N_("合规"),
    Role.OPERATIONS: N_("运营"),
    Role.UNDERWRITER: N_("核保"),
    Role.PRINTER: N_("打印中心"),
    Role.CLERK: N_("网点内勤"),
    Role.HANDLER: N_("理赔"),
    Role.SURVEYOR: N_("查勘"),
    Role.TEAM_LEAD: N_("理赔组长"),
    Role.CLAIMS_MANAGER: N_("理赔经理"),
    Role.QUOTATION: N_("报价"),
    Role.AUDITOR: N_("审计"),
    Role.ADMIN: N_("管理员"),
}
ROLE_HINTS: Final[Mapping[Role, str]] = {
    Role.SALES: N_("发起签署，看自己的信封"),
    Role.SUPERVISOR: N_("看本机构的信封，审批更正和更换签署人"),
    Role.COMPLIANCE: N_("开启密封证据、删除资料、角色变更的审批"),
    Role.OPERATIONS: N_("处理积压、重发消息、申请各类操作"),
    Role.UNDERWRITER: N_("看健康告知，决定能不能承保"),
    Role.PRINTER: N_("打印、装订、质检、封包纸质保单"),
    Role.CLERK: N_("收发保单，核对纸质回执"),
    Role.HANDLER: N_("办理车险案件：定损、理算、答复客户"),
    Role.SURVEYOR: N_("到现场查勘，填写表单"),
    Role.TEAM_LEAD: N_("核损，审核拦截，批准付款"),
    Role.CLAIMS_MANAGER: N_("看所有案件的时限，批准大额付款和收款人"),
    Role.QUOTATION: N_("答复价格异议"),
    Role.AUDITOR: N_("只看，不改"),
    Role.ADMIN: N_("员工、机构与角色"),
}
FACTORS: Final[Mapping[Factor, str]] = {
    Factor.PASSWORD: N_("密码"),
    Factor.TOTP: N_("密码和动态码"),
    Factor.RECOVERY: N_("密码和恢复码"),
}
STATES: Final[Mapping[MemberState, tuple[str, str]]] = {
    MemberState.INVITED: ("wait", N_("已邀请")),
    MemberState.ACTIVE: ("pass", N_("在用")),
    MemberState.SUSPENDED: ("fail", N_("已停用")),
    MemberState.FORGOTTEN: ("", N_("已删除")),
}
"""For each state of a member the class of its tag and its word."""
KINDS: Final[Mapping[ApprovalKind, str]] = {
    ApprovalKind.OPEN_EVIDENCE: N_("开启密封证据"),
    ApprovalKind.ERASURE: N_("删除个人资料"),
    ApprovalKind.LEGAL_HOLD_LIFT: N_("解除法律保全"),
    ApprovalKind.ROLES: N_("变更角色"),
    ApprovalKind.KEY_ROTATION: N_("更换密钥"),
    ApprovalKind.TOTP_RESET: N_("重置登录"),
    ApprovalKind.TRUST_ROOT: N_("变更信任根"),
    ApprovalKind.PHONE_CORRECTION: N_("更正手机号"),
    ApprovalKind.RECIPIENT_REPLACEMENT: N_("更换签署人"),
    ApprovalKind.EVIDENCE_ERASURE: N_("删除全部签署证据"),
    ApprovalKind.ENVELOPE_KEY: N_("取出信封密钥"),
    ApprovalKind.RETENTION_RULES: N_("同意留存规则"),
}
APPROVAL_STATES: Final[Mapping[ApprovalState, tuple[str, str]]] = {
    ApprovalState.REQUESTED: ("wait", N_("待审批")),
    ApprovalState.APPROVED: ("act", N_("已同意，待办理")),
    ApprovalState.REFUSED: ("fail", N_("已拒绝")),
    ApprovalState.CONSUMED: ("pass", N_("已办理")),
}
SUSPEND_REASONS: Final[Mapping[str, str]] = {
    "left-company": N_("已离职"),
    "on-leave": N_("休假"),
    "security": N_("账户安全"),
    "other": N_("其他"),
}
REINSTATE_REASONS: Final[Mapping[str, str]] = {
    "back-from-leave": N_("休假结束"),
    "cleared": N_("安全问题已查清"),
    "mistake": N_("停用有误"),
    "other": N_("其他"),
}
REFUSE_REASONS: Final[Mapping[str, str]] = {
    "not-justified": N_("理由不充分"),
    "not-verified": N_("没能核实"),
    "something-else": N_("应当用别的办法"),
    "other": N_("其他"),
}


def roles_in_words(roles: Iterable[Role]) -> str:
    """Return the roles in a line, in the language of the request."""
    chosen = set(roles)
    return words().choose("、", ", ").join(words().say(ROLES[role]) for role in Role if role in chosen)
