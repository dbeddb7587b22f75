"""Signals of signing for somebody else: which there are, and what each says, for those who judge it.

A signal is a reason to look, never a verdict. It says what was compared and what was found; whether somebody signed
for somebody else is for a person to tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class SignalWords:
    """A signal's name and its reason in a sentence: what was compared, and what explains it harmlessly."""

    zh: str
    en: str
    zh_reason: str
    en_reason: str


SHARED_PHONE: Final = "shared-phone"
SHARED_DEVICE: Final = "shared-device"
STAFF_DEVICE: Final = "staff-device"
SHARED_NETWORK: Final = "shared-network"
ALIKE_STROKES: Final = "near-identical-strokes"
TOO_FAST: Final = "too-fast"
NO_BROWSER: Final = "no-browser"

USUALLY_HELD: Final = (STAFF_DEVICE, ALIKE_STROKES)
"""What holds the seal in live mode where nothing else was asked for: findings with hardly a harmless reason."""

SIGNALS: Final[Mapping[str, SignalWords]] = {
    SHARED_PHONE: SignalWords(
        "手机号与他人相同",
        "Phone number shared",
        "这位签署人的手机号，也登记在另一位姓名不同的签署人名下。家人共用一个号码，或号码换了主人，也会这样。",
        "The phone number of this recipient also stands for a recipient of another name. A family that shares a "
        "number, or a number that changed hands, looks the same.",
    ),
    SHARED_DEVICE: SignalWords(
        "与他人用了同一部设备",
        "Device shared",
        "同一个浏览器里，先后有两位不同的人验证身份，而且都不是当面签署。家人共用一部手机也会这样。",
        "Two different people were identified in one browser, neither of them in person. A family that shares a "
        "phone looks the same.",
    ),
    STAFF_DEVICE: SignalWords(
        "在员工的设备上签署",
        "Signed on a device of the staff",
        "验证身份的浏览器，是本公司员工登录过的，而这次没有记作当面签署。当面签署时忘记选择方式也会这样。",
        "Somebody of the staff has logged in with the browser in which this recipient was identified, and the "
        "ceremony was not held in person. A meeting in person that was not recorded as one looks the same.",
    ),
    SHARED_NETWORK: SignalWords(
        "与他人用了同一个网络",
        "Network shared",
        "验证身份时的网络地址，与本任务另一位签署人或刚登录过的员工相同，而且不是当面签署。同住一处、或连着同一个无线网也会这样。",
        "The network address at identification is that of another recipient of this envelope, or of a member of "
        "staff who had just logged in, and the ceremony was not held in person. A household, or one wireless "
        "network, looks the same.",
    ),
    ALIKE_STROKES: SignalWords(
        "笔迹与他人几乎相同",
        "Strokes nearly those of another",
        "这次的笔迹与另一位签署人的笔迹，比同一只手写两遍还要接近。请并排比对两幅笔迹。",
        "The strokes are closer to those of another recipient than one hand comes to itself. Look at the two side by "
        "side.",
    ),
    TOO_FAST: SignalWords(
        "完成得太快",
        "Implausibly quick",
        "从验证身份到确认签署的时间，短到来不及看完页面并写下名字。非常熟练的人也可能这样。",
        "The time from identification to confirmation is too short to look at the pages and write a name. Somebody "
        "very practised may come near.",
    ),
    NO_BROWSER: SignalWords(
        "没有用浏览器验证身份",
        "Identified without a browser",
        "同一任务里其他人都在浏览器里验证身份，这位签署人是由程序代为验证的，看不出用的是哪部设备。客户用了另一个应用也会这样。",
        "Others of this envelope were identified in a browser, this recipient by a program, which tells of no device. "
        "A customer who used another application looks the same.",
    ),
}
