"""The words of refusals around receipts, lists and people, by code: cause and cure in Chinese, then in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

RECEIPT_WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "no-stuck-receipt": (
        "没有这样卡住的回执签署",
        "请用 esign delivery receipts show 查看",
        "no receipt is stuck in such an envelope",
        "look at those that are: esign delivery receipts show",
    ),
    "delivery-no-note": (
        "没有送达信息，或者已按规定删除",
        "请联系分公司运营",
        "there is no delivery note, or it was erased",
        "ask branch operations",
    ),
    "delivery-note-broken": (
        "送达信息读不出来",
        "请联系系统运维人员检查",
        "the delivery note cannot be read",
        "ask the operator to look into it",
    ),
    "delivery-no-contract": (
        "没有可以查看的保险合同文件",
        "请联系分公司运营",
        "the contract's file is not there, or was erased",
        "ask branch operations",
    ),
    "delivery-identity-not-chosen": (
        "正式模式下还没有选定怎样核验签收人的身份",
        "请联系运营方，选定之前请用纸质回执",
        "in live mode nobody has chosen yet how well those who sign must be known",
        "ask the operator to set identity.levels; use paper receipts until then",
    ),
    "no-stray-receipt": (
        "没有这份没有算数的回执",
        "请从保单的页面重新打开",
        "there is no such receipt that does not count",
        "open the page of the policy anew",
    ),
    "stray-receipt-settled": (
        "这份没有算数的回执已经有人处理了",
        "请刷新页面看处理结果",
        "somebody saw to this receipt already",
        "load the page anew to see what came of it",
    ),
    "delivery-barcode-differs": (
        "照片上的条码是另一份保单的",
        "请拍这份保单的回执",
        "the bar code on the picture is another policy's",
        "photograph the receipt of this policy",
    ),
    "delivery-picture-unreadable": (
        "照片不能使用",
        "请重新拍一张，JPEG 或 PNG，15 MB 以内",
        "the picture cannot be used",
        "take another one, as JPEG or PNG of at most 15 MB",
    ),
    "delivery-no-salesperson": (
        "这里没有这位在职的业务员",
        "请从名单中选择",
        "there is no such salesperson at work here",
        "choose one of the list",
    ),
    "delivery-words-many": (
        "填写的内容太长或太短",
        "请写 1 到 500 个字",
        "the words are missing or too many",
        "write 1 to 500 characters",
    ),
    "delivery-contact-malformed": (
        "电话或地址的格式不正确",
        "请填 5 到 15 位的电话，和 400 字以内的地址",
        "phone or address are not of their form",
        "give a phone of 5 to 15 digits, and an address of at most 400 characters",
    ),
    "delivery-day-missing": (
        "没有填写日期，或者格式不正确",
        "请选择日期",
        "the day is missing or malformed",
        "choose a day",
    ),
    "delivery-not-allowed": (
        "您的岗位不能办理这一项",
        "请联系页面上所列的负责人",
        "your role does not do this",
        "ask whoever is named on the page",
    ),
}
