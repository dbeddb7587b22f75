"""What is the matter with a proposal: each problem with a stable code, the field it belongs to, and words for people.

A finding names limits and codes, never what was entered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from policy.errors import PolicyRefused
from policy.proposing.finding_words import FINDING_WORDS


@dataclass(frozen=True)
class Finding:
    """One problem. `field` is a path such as `insured.id_number` or `beneficiaries[0].share`; `about` are the limits or
    codes that the words name."""

    code: str
    field: str
    about: tuple[str, ...] = ()

    @property
    def zh(self) -> str:
        """Two sentences: what is the matter, and the one thing to do."""
        cause, cure, _, _ = self._words()
        return f"{cause}。{cure}。"

    @property
    def en(self) -> str:
        """Two sentences: what is the matter, and the one thing to do."""
        return f"{_sentence(self.cause)} {_sentence(self.cure)}"

    @property
    def cause(self) -> str:
        return self._words()[2]

    @property
    def cure(self) -> str:
        return self._words()[3]

    def _words(self) -> tuple[str, ...]:
        return tuple(words.format(*self.about) for words in FINDING_WORDS[self.code])


class ProposalRefused(PolicyRefused):
    """A proposal cannot be taken; `findings` are all that is the matter, in the order of the form."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(
            "proposal-invalid",
            "投保信息有误。" + "".join(one.zh for one in self.findings),
            "The proposal cannot be taken. " + " ".join(one.en for one in self.findings),
            "the proposal cannot be taken: " + ", ".join(f"{one.field} ({one.code})" for one in self.findings),
            "correct what is named and enter it again",
            tuple(one.code for one in self.findings),
        )


class WishRefused(PolicyRefused):
    """A service request cannot be taken; `findings` are all that is the matter."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(
            "wish-invalid",
            "申请的内容有误。" + "".join(one.zh for one in self.findings),
            "The request cannot be taken. " + " ".join(one.en for one in self.findings),
            "the request cannot be taken: " + ", ".join(f"{one.field} ({one.code})" for one in self.findings),
            "correct what is named and enter it again",
            tuple(one.code for one in self.findings),
        )


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
