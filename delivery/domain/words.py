"""The words of every refusal, by its code: cause and cure in Chinese, cause and cure in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from delivery.domain.printing_words import PRINTING_WORDS
from delivery.domain.receipt_words import RECEIPT_WORDS

STATE_WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "delivery-awaiting-issue": (
        "保单还没有承保出单",
        "请等出单后再办理",
        "the policy is not issued yet",
        "wait until it is",
    ),
    "delivery-to-print": (
        "保单等待打印，此前的纸质件已作废",
        "请交打印中心打印；如找到旧件，请收回",
        "the policy waits to be printed, and any earlier copy is void",
        "have it printed; keep back an old copy that turns up",
    ),
    "delivery-printed": (
        "保单已打印，还没有装订",
        "请先装订",
        "the policy is printed and not bound yet",
        "bind it first",
    ),
    "delivery-bound": (
        "保单已装订，还没有质检",
        "请先质检",
        "the policy is bound and not checked yet",
        "check its quality first",
    ),
    "delivery-checked": (
        "保单已质检，还没有封包",
        "请先封包",
        "the policy is checked and not packed yet",
        "pack it first",
    ),
    "delivery-packed": (
        "保单已封包，还没有发出",
        "请先发出包裹",
        "the policy is packed and its parcel was not dispatched yet",
        "dispatch the parcel first",
    ),
    "delivery-underway": (
        "保单在途，还没有到达",
        "请先扫描到达",
        "the policy is under way and has not arrived",
        "scan it when it arrives",
    ),
    "delivery-at-relay": (
        "保单在中转机构",
        "请先扫描转出或到达",
        "the policy is at a stop of its relay",
        "scan it out, or where it arrives",
    ),
    "delivery-at-outlet": (
        "保单在网点，还没有交给业务员",
        "请先扫描交接",
        "the policy is at the outlet and was not handed to the salesperson",
        "scan the handover first",
    ),
    "delivery-with-salesperson": (
        "保单在业务员手里，等待客户签收",
        "请由业务员送达并请客户签收",
        "the policy is with its salesperson and waits for the customer's receipt",
        "have the customer sign",
    ),
    "delivery-to-send": (
        "电子保单还没有发给客户",
        "请等链接发出",
        "the link to the electronic policy was not sent yet",
        "wait until it is",
    ),
    "delivery-link-sent": (
        "电子保单的链接已发出，客户还没有打开",
        "请提醒客户打开链接",
        "the link was sent and the customer has not opened it",
        "ask the customer to open it",
    ),
    "delivery-link-opened": (
        "客户已打开电子保单，还没有签收",
        "请提醒客户签收",
        "the customer opened the electronic policy and has not signed",
        "ask the customer to sign",
    ),
    "delivery-address-wrong": (
        "地址或电话有误",
        "请先更正",
        "address or phone are wrong",
        "correct them first",
    ),
    "delivery-customer-away": (
        "客户不在，约定再次送达",
        "请按约定日期再送",
        "the customer was away and is visited again",
        "visit on the day that was agreed",
    ),
    "delivery-refused": (
        "客户拒收",
        "请主管与客户沟通",
        "the customer does not take the policy",
        "have the supervisor talk to the customer",
    ),
    "delivery-signed-by-other": (
        "回执由他人签署，不算签收",
        "请投保人本人签收",
        "somebody else signed the receipt, which does not count",
        "have the applicant sign",
    ),
    "delivery-photographed": (
        "纸质回执已拍照，等待内勤核对",
        "请内勤核对后通过或退回",
        "a paper receipt was photographed and waits to be compared",
        "have a clerk accept or reject it",
    ),
    "delivery-received": (
        "客户已签收，等待回销",
        "请等回销",
        "the receipt is signed and not returned yet",
        "wait for its return",
    ),
    "delivery-returned": (
        "回执已回销，递送完成",
        "无需再办理",
        "the receipt was returned, and the delivery is done",
        "there is nothing to do",
    ),
    "delivery-ended": (
        "保险合同已解除或退保",
        "无需再送达；如有疑问请联系分公司运营",
        "the policy has ended",
        "deliver nothing more; ask branch operations if in doubt",
    ),
    "delivery-signed-after-end": (
        "合同结束后收到回执，等待分公司核查",
        "请分公司运营核查并写明结果",
        "a receipt came in after the policy had ended and is looked into",
        "have branch operations settle it",
    ),
    "delivery-dropped": (
        "投保没有承保，不会出单",
        "无需送达",
        "the proposal never became a policy",
        "there is nothing to deliver",
    ),
}
"""What a state does not accept: each says where the delivery stands, and who goes on."""

RULE_WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "malformed-command": (
        "请求中有一项的格式不正确",
        "请核对该项后重试",
        "a member of the request is not of its form",
        "correct that member and ask again",
    ),
    "no-delivery": (
        "没有此保单的递送记录",
        "请核对保单号或条码",
        "there is no delivery of such a policy",
        "check the number or scan the barcode again",
    ),
    "delivery-exists": (
        "此编号下已有另一份递送",
        "请核对编号",
        "there is another delivery under this id",
        "check the id",
    ),
    "delivery-back-dated": (
        "时间早于此保单已有的记录",
        "请核对设备时间，按实际时间重新扫描",
        "the time is before something that was recorded of this policy",
        "check the clock of the device and scan again",
    ),
    "delivery-applied-in-future": (
        "投保签署日在今天之后",
        "请核对日期",
        "the application is signed on a day still to come",
        "check the day",
    ),
    "delivery-days-out-of-order": (
        "投保、承保、出单的日期次序不对",
        "请核对日期",
        "the days of application, underwriting and issue are out of order",
        "check these days",
    ),
    "delivery-ended-in-future": (
        "合同结束日在今天之后",
        "请核对日期",
        "the policy ends on a day still to come",
        "check the day",
    ),
    "delivery-is-electronic": (
        "这是电子保单，没有纸质件",
        "如客户要纸质保单，请先转为纸质",
        "the policy is electronic, and there is no paper",
        "switch it to paper first if the customer wants that",
    ),
    "delivery-is-paper": (
        "这是纸质保单，没有电子链接",
        "请送达纸质保单",
        "the policy is on paper, and there is no link",
        "deliver the paper",
    ),
    "delivery-check-reason": (
        "质检结论与原因不符",
        "不通过请选择原因，通过则不选",
        "a check that failed needs a reason, and one that passed has none",
        "give the reason, or none",
    ),
    "delivery-other-outlet": (
        "这是其他网点的保单",
        "请放到一边，交回打印中心或转给该网点",
        "the policy belongs to another outlet",
        "set it apart, and send it there",
    ),
    "delivery-packed-elsewhere": (
        "此保单已装入另一个包裹",
        "请核对包裹号",
        "the policy is packed into another parcel already",
        "check the parcel's number",
    ),
    "delivery-stops": (
        "中转机构与路线不符",
        "直达没有中转；中转机构不能重复，也不能是目的网点",
        "the stops do not fit the route",
        "leave them out where it goes direct, and name each once, without the outlet",
    ),
    "delivery-not-on-route": (
        "此机构不在这份保单的路线上",
        "请核对包裹去向",
        "this institution is not on the policy's route",
        "check where its parcel goes",
    ),
    "delivery-stop-passed": (
        "保单已到过后面的机构",
        "请核对扫描的机构",
        "the policy was scanned at a later stop already",
        "check at which institution it was scanned",
    ),
    "delivery-not-at-stop": (
        "保单不在此中转机构",
        "请先扫描到达",
        "the policy is not at this stop",
        "scan it in first",
    ),
    "delivery-other-salesperson": (
        "这不是此业务员的保单",
        "请交给所列业务员，或先改派",
        "the policy is another salesperson's",
        "hand it to the one who is named, or reassign it first",
    ),
    "delivery-orphaned": (
        "业务员已离职",
        "请主管先改派",
        "its salesperson has left",
        "have the supervisor reassign it first",
    ),
    "delivery-reprint-reason": (
        "质检不通过会自动重印",
        "重印原因请选遗失或损坏",
        "a failed check orders the reprint by itself",
        "say lost or damaged here",
    ),
    "delivery-copies-too-many": (
        "重印次数过多",
        "请分公司查明原因",
        "it was printed too often",
        "have the branch find out why",
    ),
    "delivery-links-too-many": (
        "链接发送次数过多",
        "请电话联系客户",
        "the link was sent too often",
        "call the customer",
    ),
    "delivery-again-past": (
        "再次送达的日期不在今天之后",
        "请选明天或以后的日期",
        "the next visit is not on a day to come",
        "choose tomorrow or later",
    ),
    "delivery-receipt-way": (
        "纸质回执要拍照并由内勤核对",
        "请拍照上传",
        "a receipt on paper is photographed and compared",
        "photograph it",
    ),
    "delivery-receipt-in-future": (
        "签收日期在今天之后",
        "请核对日期",
        "the receipt is signed on a day still to come",
        "check the day",
    ),
    "delivery-receipt-before-arrival": (
        "签收日期早于保单到达的日期",
        "请核对签收日期；如漏扫到达，请先补扫",
        "the receipt is signed before the policy was there",
        "check the day; scan the arrival if that was forgotten",
    ),
    "delivery-photo-known": (
        "这张回执照片此前已退回",
        "请重新拍照",
        "this picture was rejected before",
        "take another picture",
    ),
    "delivery-photos-too-many": (
        "回执照片过多",
        "请主管查明原因",
        "too many pictures of the receipt were taken",
        "have the supervisor find out why",
    ),
    "delivery-no-photo": (
        "没有此回执照片等待核对",
        "请刷新页面",
        "no such picture waits to be compared",
        "look at the list again",
    ),
    "delivery-own-receipt": (
        "不能核对自己拍照或经办的回执",
        "请由其他内勤核对",
        "nobody compares a receipt of their own policy or picture",
        "ask another clerk",
    ),
    "delivery-chase-early": (
        "还没有到催收的日子",
        "请在所列日期起催收",
        "it is not to be chased yet",
        "chase it from the day that is named",
    ),
    "delivery-no-chase": (
        "此保单不在催收清单",
        "无需催收",
        "the policy is not on the chase list",
        "there is nothing to chase",
    ),
    "delivery-calls-too-many": (
        "通话记录过多",
        "请主管跟进",
        "there are too many calls",
        "have the supervisor follow it up",
    ),
    "delivery-late-already": (
        "已超过 15 天，不能再提前报备",
        "请填写超期原因",
        "it is late already, and cannot be told in advance",
        "give the reason of lateness",
    ),
    "delivery-expected-in-time": (
        "预计签收日期在 15 天之内",
        "不会超期，无需报备；如会超期请改日期",
        "the receipt is expected in time",
        "nothing need be told; change the day if it will be late",
    ),
    "delivery-not-late": (
        "没有超过 15 天",
        "无需填写超期原因",
        "it is not late",
        "there is nothing to explain",
    ),
    "delivery-no-route": (
        "没有到此网点的路线",
        "请先设置由哪个打印中心打印、怎样送达",
        "there is no route to this outlet",
        "set which print centre prints for it, and how it goes there",
    ),
    "delivery-no-institution": (
        "没有此机构，或者它已关闭",
        "请核对机构编号",
        "there is no such institution, or it is closed",
        "check the id",
    ),
    "delivery-no-code": (
        "没有此原因或结果代码，或者它已停用",
        "请从现行清单中选择",
        "there is no such code, or it is not in use any more",
        "choose one of the list in force",
    ),
    "delivery-route-past": (
        "路线的生效日期在今天之前",
        "请选今天或以后的日期",
        "the route would hold from a day that is past",
        "choose today or later",
    ),
}

WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    **STATE_WORDS,
    **RULE_WORDS,
    **PRINTING_WORDS,
    **RECEIPT_WORDS,
}
