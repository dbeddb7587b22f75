"""The texts of messages to people, in Chinese and in English, as plain data.

Every text begins with the insurer's name and says in one breath what it is about, what to do, and that nothing is
lost. No person is named: a message is read on locked screens and in previews. `{title}` is the envelope's, set off by
marks, or the neutral wording; links stand with a space on either side, so that no mark is taken for a part of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from esign.ceremony.people import Locale
from esign.infra.notifications import Words


@dataclass(frozen=True)
class MessageTexts:
    """One language: a template for each kind of message, and the wording where a fact is not known."""

    kinds: Mapping[str, Words]
    sender: str
    test_mark: str
    quoted_title: str
    no_title: str
    no_company: str
    title_at_most: int


CHINESE: Final = MessageTexts(
    kinds={
        "invitation": Words(
            "请您签署{title}",
            "您好，请您签署{title}，四步，几分钟就好： {link} 仅供本人，请勿转发",
        ),
        "code": Words(
            "您的验证码",
            "验证码 {code}，{minutes} 分钟内有效，请只填在签署页面上。{company}的任何人都不会向您要它。",
        ),
        "data-code": Words(
            "您的验证码",
            "验证码 {code}，{minutes} 分钟内有效，用来查看我们保存的您的个人信息，请只填在那一页上。"
            "不是您本人在查的话，不用理会。{company}的任何人都不会向您要它。",
        ),
        "reminder": Words(
            "{title}还在等您签署",
            "{title}还在等您签署，填过的都在，接着签： {link} 仅供本人，请勿转发",
        ),
        "copy": Words(
            "{title}已签好",
            "{title}已签好并盖章封存，请下载留存： {link} 真伪随时可以核验",
        ),
        "declined": Words(
            "{title}的签署已结束",
            "有签署人不同意，{title}的签署已结束，文件不会生效。您不用再做什么，有疑问请找您的业务员。",
        ),
        "voided": Words(
            "{title}已撤回",
            "我们已撤回{title}，文件不会生效。您不用再做什么，有疑问请找您的业务员。",
        ),
        "expired": Words(
            "{title}的签署期限已过",
            "{title}的签署期限已过，文件没有生效。如果仍要办理，请您的业务员重新发起。",
        ),
    },
    sender="【{company}】",
    test_mark="【测试】",
    quoted_title="《{title}》",
    no_title="一份文件",
    no_company="保险公司",
    title_at_most=16,
)

ENGLISH: Final = MessageTexts(
    kinds={
        "invitation": Words(
            "Please sign {title}",
            "Please sign {title}. Four steps, a few minutes: {link} For you alone, please do not forward it.",
        ),
        "code": Words(
            "Your code",
            "Your code is {code}, valid for {minutes} minutes. Enter it on the signing page only. "
            "Nobody from {company} will ever ask you for it.",
        ),
        "data-code": Words(
            "Your code",
            "Your code is {code}, valid for {minutes} minutes, to see what we keep about you. Enter it on that page "
            "only. If you did not ask, ignore this. Nobody from {company} will ever ask you for it.",
        ),
        "reminder": Words(
            "Waiting for your signature: {title}",
            "Still waiting for your signature: {title}. What you have done is kept; go on here: {link} "
            "For you alone, please do not forward it.",
        ),
        "copy": Words(
            "Signed and sealed: {title}",
            "Signed and sealed: {title}. Download your copy and keep it: {link} "
            "Whether it is genuine can be checked at any time.",
        ),
        "declined": Words(
            "Signing has ended: {title}",
            "Somebody did not agree, so the signing of {title} has ended and nothing takes effect. "
            "You need not do anything; your salesperson is there for questions.",
        ),
        "voided": Words(
            "Withdrawn: {title}",
            "We have withdrawn {title} and nothing takes effect. "
            "You need not do anything; your salesperson is there for questions.",
        ),
        "expired": Words(
            "Time has passed: {title}",
            "The time for signing {title} has passed and nothing took effect. "
            "If you still want it, please ask your salesperson to send it again.",
        ),
    },
    sender="[{company}] ",
    test_mark="[TEST] ",
    quoted_title="“{title}”",
    no_title="a document",
    no_company="your insurer",
    title_at_most=40,
)

TEXTS: Final[Mapping[Locale, MessageTexts]] = {"zh-CN": CHINESE, "en": ENGLISH}
KINDS: Final = frozenset(CHINESE.kinds)
