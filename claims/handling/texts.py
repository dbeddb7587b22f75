"""What staff have the service write to customers: a picture to take again, the notice of a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from esign.public.messages import MessageText, Words

RETAKE: Final = "claims-retake"
NOTICE: Final = "claims-notice"
MESSAGES: Final[Mapping[str, MessageText]] = {
    RETAKE: MessageText(
        Words("请补拍照片", "理赔人员看过照片，还要请您补拍几张。拍哪些、怎么拍，页面上都有： {link}"),
        Words(
            "Please take some photographs again",
            "We have looked at your photographs and need some again. Which, and how to take them, is here: {link}",
        ),
    ),
    NOTICE: MessageText(
        Words(
            "拒赔通知书",
            "您的案件的书面通知已作出，写明了理由和您可以怎么做： {link} 不同意的话，可以要求由专人和您通话。",
        ),
        Words(
            "Notice in writing",
            "The notice about your claim is made, with the reasons and what you can do: {link} If you do not agree, "
            "you can ask for a person to call you.",
        ),
    ),
}
