"""The texts of the messages to customers: one step each, with the link to it; no name, no plate, no amount."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from esign.public.messages import MessageText, Words

REPORT: Final = "claims-report"
LINK: Final = "claims-link"
CODE: Final = "claims-code"
PHOTOGRAPH: Final = "claims-photograph"
SURVEYOR: Final = "claims-surveyor"
PAPERS: Final = "claims-papers"
PEOPLE: Final = "claims-people"
OFFER: Final = "claims-offer"
PAYEE: Final = "claims-payee"
PAID: Final = "claims-paid"
FAILED: Final = "claims-payment-failed"
REFUSED: Final = "claims-refused"
RATE: Final = "claims-rate"


def _text(zh_subject: str, zh: str, en_subject: str, en: str) -> MessageText:
    return MessageText(Words(zh_subject, zh), Words(en_subject, en))


MESSAGES: Final[Mapping[str, MessageText]] = {
    REPORT: _text(
        "请报案",
        "您在 {day} 联系过我们。请打开链接报案，大约两分钟： {link} 我们不会在电话里向您要验证码。",
        "Report your loss",
        "You contacted us on {day}. Open the link to report your loss, it takes two minutes: {link} We never ask for a "
        "code on the telephone.",
    ),
    LINK: _text(
        "您的车险案件",
        "您的车险案件可以在手机上办理，下一步在这里： {link}",
        "Your motor claim",
        "You can go on with your motor claim on your phone. The next step is here: {link}",
    ),
    CODE: _text(
        "验证码",
        "验证码 {code}，{minutes} 分钟内有效，请只填在车险理赔的页面上。我们的任何人都不会向您要它。",
        "Your code",
        "Your code is {code}, valid for {minutes} minutes. Enter it on the page of your motor claim only. Nobody of us "
        "will ask you for it.",
    ),
    PHOTOGRAPH: _text(
        "请拍几张照片",
        "报案已收到。请打开链接给车拍几张照片，每一张怎么拍，页面上都有： {link}",
        "Please take some photographs",
        "We have your report. Open the link and photograph the car; the page says how to take each picture: {link}",
    ),
    SURVEYOR: _text(
        "查勘员会联系您",
        "报案已收到。这次由查勘员到现场，会先给您打电话。进度在这里： {link}",
        "A surveyor will call you",
        "We have your report. A surveyor comes to see the car and calls you first. Where it is: {link}",
    ),
    PAPERS: _text(
        "还需要几样材料",
        "您的案件还需要几样材料，一次告诉您，拍照上传就行： {link}",
        "Some papers are needed",
        "Your claim needs some papers: here is all of them at once. Photographs will do: {link}",
    ),
    PEOPLE: _text(
        "由理赔人员接着办理",
        "您的案件接下来由理赔人员办理。这不是拒赔。原因和进度在这里： {link}",
        "One of our staff goes on",
        "One of our claims staff takes your claim from here. This is no refusal. Why, and where it is: {link}",
    ),
    OFFER: _text(
        "请看赔付金额",
        "赔付金额已经算好，明年保费的变化也在一起。请打开链接看一看，同意或者提出异议： {link}",
        "See what we pay",
        "We have worked out what we pay, and how next year's premium changes. Open the link to agree or to object: "
        "{link}",
    ),
    PAYEE: _text(
        "请填收款账户",
        "您已同意赔付金额。请打开链接填写被保险人本人的收款账户： {link}",
        "Tell us your account",
        "You agreed to the payment. Open the link and enter the insured person's own account: {link}",
    ),
    PAID: _text(
        "赔款已付出",
        "赔款已经付出，一般几分钟内到账。明细在这里： {link}",
        "We have paid",
        "The payment is made, and mostly arrives within minutes. The details are here: {link}",
    ),
    FAILED: _text(
        "赔款没有付成",
        "银行没有收下这笔赔款，多半是账户填得不对。请打开链接看一看，理赔人员也会联系您： {link}",
        "The payment did not go through",
        "The bank did not take the payment, mostly because of a wrong account. Open the link; we will call you, too: "
        "{link}",
    ),
    REFUSED: _text(
        "案件已有答复",
        "您的案件已有答复，理由和您可以怎么做，都在这里： {link} 书面通知另行送达。",
        "Your claim is answered",
        "Your claim is answered. The reasons, and what you can do, are here: {link} The notice in writing follows.",
    ),
    RATE: _text(
        "这次办得怎么样？",
        "您的案件已经办完。点一下，告诉我们办得怎么样： {link}",
        "How did we do?",
        "Your claim is closed. One tap tells us how we did: {link}",
    ),
}
