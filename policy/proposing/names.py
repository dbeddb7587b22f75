"""Whether a name can be printed: every character needs a glyph in every typeface that a contract is set in.

Rare characters occur in names (𠮷, 㛃, 䶮), and a contract that shows a box, or another character in its place, names
somebody else. So a name is checked when it is entered, and refused with the character and what can be done about it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from esign.public.typesetting import Typeface
from policy.errors import PolicyRefused
from policy.proposal import Proposal
from policy.proposing.findings import Finding
from policy.typefaces import lacking

LONGEST: Final = 40
"""As many characters fit beside a signature; the longest names of ID cards have some thirty."""
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Co", "Cs"})
"""Categories of characters that nobody sees: control, format, private use, surrogate."""


def unprintable(text: str, typefaces: Sequence[Typeface]) -> str:
    """Return the characters that one of the typefaces lacks, or that nobody sees, each once, in order."""
    characters = "".join(dict.fromkeys(text))
    without_glyph = lacking(characters, typefaces)
    return "".join(c for c in characters if c in without_glyph or unicodedata.category(c) in _INVISIBLE)


def check_name(name: str, typefaces: Sequence[Typeface]) -> str:
    """Return the name as it will be printed: composed (NFC), without space around it.

    Raises `PolicyRefused`: `name-empty`, `name-too-long`, or `name-character-unprintable` with each character's number.
    """
    written = unicodedata.normalize("NFC", name).strip()
    if not written:
        raise PolicyRefused(
            "name-empty",
            "没有填写姓名。请按身份证件填写。",
            "There is no name. Enter it as the identity card has it.",
            "the name is empty",
            "enter the name as the identity card has it",
        )
    if len(written) > LONGEST:
        raise PolicyRefused(
            "name-too-long",
            f"姓名超过 {LONGEST} 个字。请按身份证件填写。",
            f"The name has more than {LONGEST} characters. Enter it as the identity card has it.",
            f"the name has {len(written)} characters, more than {LONGEST}",
            "enter the name as the identity card has it",
        )
    if characters := unprintable(written, typefaces):
        numbers = tuple(f"U+{ord(character):04X}" for character in characters)
        shown = "、".join(
            number if unicodedata.category(character)[0] == "C" else f"“{character}”（{number}）"
            for character, number in zip(characters, numbers, strict=True)
        )
        raise PolicyRefused(
            "name-character-unprintable",
            f"姓名中的 {shown} 印不出来。请核对；确实是这个字的，请联系客户服务，改用身份证件机读区或者拼音的写法。",
            f"The documents cannot print {', '.join(numbers)}. Check the name; if it is right, ask customer service "
            "about the spelling in the machine-readable zone, or in Pinyin.",
            f"no typeface of the documents has {', '.join(numbers)}",
            "check the name, or agree on a spelling with the customer",
            numbers,
        )
    return written


def unprintable_names(proposal: Proposal, typefaces: Sequence[Typeface]) -> Iterator[Finding]:
    """Yield a finding for every name in a proposal with a character that cannot be printed, by its field.

    What is no name at all, or one that is too long, is found where the form of names is checked
    (`policy.proposing.validation`).
    """
    for field, name in _names_of(proposal):
        try:
            check_name(name, typefaces)
        except PolicyRefused as refused:
            if refused.code == "name-character-unprintable":
                yield Finding(refused.code, field, (", ".join(refused.about),))


_SAID_BETTER: Final = frozenset({"name-malformed", "text-unprintable"})


def with_unprintable_names(
    findings: Iterable[Finding], proposal: Proposal, typefaces: Sequence[Typeface]
) -> tuple[Finding, ...]:
    """Return the findings with those of names that cannot be printed, which say more than that a name is malformed."""
    found = tuple(unprintable_names(proposal, typefaces))
    fields = {one.field for one in found}
    kept = [one for one in findings if not (one.code in _SAID_BETTER and one.field in fields)]
    return (*kept, *found)


def _names_of(proposal: Proposal) -> Iterator[tuple[str, str]]:
    yield "applicant.name", proposal.applicant.name
    yield "insured.name", proposal.insured.name
    if proposal.guardian is not None:
        yield "guardian.party.name", proposal.guardian.party.name
    for place, one in enumerate(proposal.beneficiaries):
        yield f"beneficiaries[{place}].name", one.name
