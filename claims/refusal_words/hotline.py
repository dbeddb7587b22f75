"""What is refused on the hotline: calls, and small injuries that are settled on the telephone."""

from __future__ import annotations

from typing import Final

from claims.refusal_words.form import RefusalWords

HOTLINE: Final[RefusalWords] = {
    "call-not-yours": (
        "此回电由他人在办",
        "请选别的回电",
        "somebody else makes this call",
        "take another one",
    ),
    "no-call-waits": ("客户没有在等回电", "请刷新页面", "the customer waits for no call", "look at the claim again"),
    "injury-not-small": (
        "此案不能在电话里了结伤情",
        "请按一般伤情办理",
        "this claim is not one whose injury is settled on the telephone",
        "handle the injury as usual",
    ),
    "injury-above-limit": (
        "伤情金额超过免材料的限额",
        "请按一般伤情办理，一次性告知所需材料",
        "the injury costs more than what is settled without papers",
        "handle the injury as usual, and ask for all papers at once",
    ),
    "no-injury-words": (
        "没有写明伤情",
        "请用自己的话写一句",
        "it is not said what the injury is",
        "say it in a sentence of your own",
    ),
    "injury-whose": (
        "没有选谁受伤",
        "请选车上人员或对方人员",
        "it is not said who was hurt",
        "choose somebody in the insured's car, or anybody else",
    ),
}
