"""What states, acts, owners, reasons and refusals are called at the pages: Chinese, with the English in `data/en`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from delivery.chasing.desk import Show
from delivery.domain.table import Owner
from delivery.domain.values import DeliveryState, ReceiptWay, RejectReason
from delivery.domain.words import WORDS
from delivery.errors import DeliveryRefused
from delivery.reasons import ReasonKind, load_reasons
from esign.public.console import N_, words

S = DeliveryState
STATES: Final[Mapping[str, tuple[str, str]]] = {
    S.AWAITING_ISSUE.value: ("", N_("还没有出单")),
    S.TO_PRINT.value: ("", N_("等待打印")),
    S.PRINTED.value: ("", N_("已打印")),
    S.BOUND.value: ("", N_("已装订")),
    S.CHECKED.value: ("", N_("已质检")),
    S.PACKED.value: ("", N_("已封包")),
    S.UNDERWAY.value: ("", N_("在路上")),
    S.AT_RELAY.value: ("", N_("在中转机构")),
    S.AT_OUTLET.value: ("wait", N_("已到网点")),
    S.WITH_SALESPERSON.value: ("wait", N_("在业务员手里")),
    S.TO_SEND.value: ("", N_("链接待发")),
    S.LINK_SENT.value: ("wait", N_("链接已发，没有打开")),
    S.LINK_OPENED.value: ("wait", N_("链接已打开，没有签收")),
    S.ADDRESS_WRONG.value: ("fail", N_("地址或电话有误")),
    S.CUSTOMER_AWAY.value: ("wait", N_("客户不在")),
    S.REFUSED.value: ("fail", N_("客户拒收")),
    S.SIGNED_BY_OTHER.value: ("fail", N_("他人代签，不算签收")),
    S.PHOTOGRAPHED.value: ("act", N_("回执已拍照，待核对")),
    S.RECEIVED.value: ("pass", N_("已签收")),
    S.RETURNED.value: ("pass", N_("已回销")),
    S.ENDED.value: ("", N_("合同已结束")),
    S.SIGNED_AFTER_END.value: ("fail", N_("合同结束后签收，待核查")),
    S.DROPPED.value: ("", N_("没有承保")),
}
OWNERS: Final[Mapping[str, str]] = {
    Owner.SERVICE.value: N_("系统"),
    Owner.UNDERWRITER.value: N_("核保员"),
    Owner.OWNER.value: N_("跟进的人"),
    Owner.OPERATIONS.value: N_("运营"),
    Owner.PRINT_CENTRE.value: N_("打印中心"),
    Owner.RELAY.value: N_("中转机构"),
    Owner.OUTLET.value: N_("网点内勤"),
    Owner.SALESPERSON.value: N_("业务员"),
    Owner.SUPERVISOR.value: N_("支公司主管"),
    Owner.BRANCH.value: N_("分公司运营"),
    Owner.CUSTOMER.value: N_("客户"),
    Owner.NOBODY.value: N_("没有人"),
}
ACTS: Final[Mapping[str, str]] = {
    "underwrite": N_("核保"),
    "decide-case": N_("核保员决定"),
    "bring-examination": N_("带客户体检"),
    "bring-investigation": N_("核实投保情况"),
    "bring-papers": N_("请客户补材料"),
    "have-offer-signed": N_("请客户签加费通知"),
    "debit": N_("扣保险费"),
    "order-debit-again": N_("再扣一次保险费"),
    "issue": N_("出具保单"),
    "print": N_("打印"),
    "bind": N_("装订"),
    "check": N_("质检"),
    "pack": N_("封包"),
    "dispatch": N_("发出包裹"),
    "carry": N_("送到下一站"),
    "forward": N_("转出"),
    "hand": N_("交给业务员"),
    "have-signed": N_("送达并请客户签收"),
    "send-link": N_("发链接"),
    "open-link": N_("打开链接"),
    "sign": N_("签收"),
    "correct-address": N_("更正地址或电话"),
    "visit-again": N_("再次送达"),
    "talk-to-customer": N_("与客户沟通"),
    "have-applicant-sign": N_("请投保人本人签收"),
    "compare-receipt": N_("核对回执照片"),
    "return-receipt": N_("回销回执"),
    "settle-signature": N_("核查结束后的签收"),
    "have-signed-again": N_("告诉客户那次签收不算，请本人再签一次"),
    "compare-receipts": N_("客户又签了一次，核对以哪一份为准"),
    "reassign": N_("改派业务员"),
    "explain-late": N_("填写超期原因"),
    "chase": N_("催收"),
    "none": N_("无需办理"),
}
SHOWS: Final[Mapping[Show, str]] = {
    Show.ALL: N_("全部"),
    Show.LATE: N_("已超期"),
    Show.CHASED: N_("催办中（第 12 天起）"),
    Show.TROUBLE: N_("有问题"),
    Show.UNISSUED: N_("还没有出单"),
    Show.COMPARE: N_("待核对回执"),
    Show.PAPER: N_("纸质"),
    Show.ELECTRONIC: N_("电子"),
    Show.REASON: N_("缺超期原因"),
    Show.SETTLE: N_("结束后签收"),
    Show.STRAY: N_("签了不算，要告知客户"),
}
WAYS: Final[Mapping[ReceiptWay, str]] = {
    ReceiptWay.SELF: N_("客户自助签收"),
    ReceiptWay.ASSISTED: N_("业务员协助签收"),
    ReceiptWay.PAPER: N_("纸质回执"),
}
REJECTS: Final[Mapping[RejectReason, str]] = {
    RejectReason.UNREADABLE: N_("照片看不清"),
    RejectReason.BARCODE_DIFFERS: N_("条码不是这份保单的"),
    RejectReason.DATE_MISSING: N_("没有写签收日期"),
    RejectReason.DATE_DIFFERS: N_("日期与填写的不一致"),
    RejectReason.SIGNATURE_MISSING: N_("没有签名"),
    RejectReason.SIGNED_BY_OTHER: N_("不是投保人本人签的"),
}
EVENTS: Final[Mapping[str, str]] = {
    "delivery.opened": N_("客户签署投保文件"),
    "delivery.waited": N_("等待出单"),
    "delivery.dropped": N_("没有承保"),
    "delivery.issued": N_("保单已出单"),
    "delivery.ended": N_("合同结束"),
    "delivery.printed": N_("已打印"),
    "delivery.bound": N_("已装订"),
    "delivery.checked": N_("质检已通过"),
    "delivery.check-failed": N_("质检不通过，重印"),
    "delivery.packed": N_("已封包"),
    "delivery.dispatched": N_("已发出"),
    "delivery.relayed": N_("到中转机构"),
    "delivery.forwarded": N_("从中转机构转出"),
    "delivery.arrived": N_("已到达网点"),
    "delivery.handed": N_("已交给业务员"),
    "delivery.reprinted": N_("遗失或损坏，重印"),
    "delivery.link-sent": N_("链接已发给客户"),
    "delivery.link-opened": N_("客户打开链接"),
    "delivery.switched": N_("改为纸质保单"),
    "delivery.missed": N_("客户不在"),
    "delivery.address-wrong": N_("地址或电话有误"),
    "delivery.address-corrected": N_("地址或电话已更正"),
    "delivery.refused": N_("客户拒收"),
    "delivery.resumed": N_("客户同意接收"),
    "delivery.signed-by-other": N_("他人代签，不算签收"),
    "delivery.photographed": N_("纸质回执已拍照"),
    "delivery.rejected": N_("回执照片退回"),
    "delivery.received": N_("客户签收"),
    "delivery.returned": N_("已回销"),
    "delivery.signed-after-end": N_("合同结束后签收"),
    "delivery.settled": N_("已核查"),
    "delivery.receipt-released": N_("已结束的回执签署已放开，可以重新签收"),
    "delivery.orphaned": N_("业务员离职"),
    "delivery.reassigned": N_("已改派"),
    "delivery.chased": N_("进入催收"),
    "delivery.reminded": N_("已提醒业务员"),
    "delivery.called": N_("电话联系"),
    "delivery.foretold": N_("提前报备超期"),
    "delivery.fell-late": N_("已超期"),
    "delivery.explained": N_("已填写超期原因"),
    "stray-receipt.found": N_("签了回执，不算签收"),
    "stray-receipt.settled": N_("签了不算的回执已处理"),
}


def said_of(refused: DeliveryRefused) -> str:
    """Return what a refusal says in the reader's language."""
    return words().choose(refused.zh, refused.en)


def why_refused(code: str) -> str:
    """Return why a receipt was not taken: the cause of the refusal of this code, or in general words."""
    if code not in WORDS:
        return words().say(N_("当时的送达状态不能签收"))
    zh, _cure, en, _other = WORDS[code]
    return words().choose(zh, f"{en[0].upper()}{en[1:]}")


def reason_called(kind: ReasonKind, code: str) -> str:
    """Return what a reason is called; a code that there never was is shown as it is."""
    found = load_reasons().find(kind, code)
    return code if found is None else words().choose(found.zh, found.en)
