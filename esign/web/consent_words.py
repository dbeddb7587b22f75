"""A consent as it stands on a page: its exact text in paragraphs, a short label, whether it has a page of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from esign.ceremony.domain.values import ConsentStage
from esign.ceremony.shown import ConsentShown
from esign.web.words import N_, Words

_HAN: Final = re.compile(r"[㐀-鿿]")
_TITLE_AT_MOST: Final = 60
_LABELS: Final = {
    "personal-information": N_("同意为本次签署处理我的个人信息"),
    "electronic-signature": N_("同意用电子签名签署，并为我申请一张本次专用的证书"),
    "face-photo": N_("同意拍摄我的面部照片，仅用于证明本次签名"),
    "face-photo-transfer": N_("同意把照片发送给保险公司，随签名保存"),
}


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a text, and the language it is in."""

    text: str
    language: str


@dataclass(frozen=True)
class ConsentAsked:
    """A consent to be agreed to: what the box is called, its title, and the whole text."""

    value: str
    label: str
    title: str
    paragraphs: tuple[Paragraph, ...]
    is_notice: bool


def consent_asked(shown: ConsentShown, words: Words) -> ConsentAsked:
    """Return the consent as it is asked in these words. The text is whole and in its own order."""
    paragraphs = tuple(
        Paragraph(part.strip(), "zh-CN" if _HAN.search(part) else "en")
        for part in shown.text.split("\n\n")
        if part.strip()
    )
    own = [part for part in paragraphs if part.language == words.language] or list(paragraphs)
    title = own[0].text.partition("\n")[0][:_TITLE_AT_MOST] if own else shown.id
    if shown.id in _LABELS:
        label = words.say(_LABELS[shown.id])
    else:
        label = words.say(N_("我读过并同意：%(title)s"), title=title)
    return ConsentAsked(
        value=f"{shown.id} {shown.version} {shown.digest}",
        label=label,
        title=title,
        paragraphs=paragraphs,
        is_notice=shown.stage is ConsentStage.READING,
    )
