"""One document before a policy: what the verifier found, what our trail knows, which seals are ours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Final, Protocol

from esign.verify.acceptance.document import JudgedDocument, SignatureFacts
from esign.verify.acceptance.knowledge import Knowledge, KnownSigner, Recognised, Stage
from esign.verify.acceptance.verdict import RequirementVerdict

CODE: Final = re.compile(r"[a-z][a-z0-9-]{0,63}")
"""How codes, roles and states are written in a policy."""
_LISTED_AT_MOST: Final = 12
_NAME_AT_MOST: Final = 80


@dataclass(frozen=True)
class Case:
    """What there is to judge by. `seals` are SHA-256 (lower-case hex) of the certificates of our seal, present and
    earlier; `knowledge` is None where nobody could be asked; `keys` are the log's public keys."""

    document: JudgedDocument
    seals: frozenset[str]
    knowledge: Knowledge | None
    keys: frozenset[bytes]

    @property
    def recognised(self) -> Recognised | None:
        return self.knowledge if isinstance(self.knowledge, Recognised) else None

    @property
    def known_signers(self) -> tuple[KnownSigner, ...] | None:
        return None if self.recognised is None else self.recognised.signers

    @property
    def signatures(self) -> tuple[SignatureFacts, ...]:
        """The signatures that are not document timestamps."""
        return tuple(one for one in self.document.signatures if not one.is_timestamp)

    @property
    def is_sealed_by_trail(self) -> bool:
        """Whether our trail says of exactly these bytes that we sealed them."""
        return self.recognised is not None and self.recognised.stage is Stage.SEALED

    @cached_property
    def seal(self) -> SignatureFacts | None:
        """Our seal: the last signature by a certificate of ours; or the last that brings no evidence, in a document
        that our trail says we sealed. What a certificate is called never makes it ours."""
        ours = [one for one in self.signatures if one.certificate in self.seals]
        if not ours and self.is_sealed_by_trail:
            ours = [one for one in self.signatures if one.evidence is None]
        return max(ours, key=lambda one: one.revision, default=None)

    @property
    def persons(self) -> tuple[SignatureFacts, ...]:
        """The signatures of people: all that are not by a seal of ours, nor by what may be one."""
        seal = self.seal or self._possible_seal
        return tuple(one for one in self.signatures if one is not seal and one.certificate not in self.seals)

    @property
    def _possible_seal(self) -> SignatureFacts | None:
        """Where nobody can say which seal is ours: the last signature, if it brings no evidence."""
        if self.seals or self.knowledge is not None or not self.signatures:
            return None
        last = max(self.signatures, key=lambda one: one.revision)
        return last if last.evidence is None else None


class Requirement(Protocol):
    """Something that a policy asks. `code` is stable, and names its table in the policy."""

    code: ClassVar[str]

    def judge(self, case: Case) -> RequirementVerdict:
        """Tell whether it is met."""
        ...


def listed(names: list[str]) -> str:
    """Return names out of a file as one bounded text, each once."""
    shown = list(dict.fromkeys(name[:_NAME_AT_MOST] for name in names))
    return ", ".join(shown[:_LISTED_AT_MOST]) + (", …" if len(shown) > _LISTED_AT_MOST else "")
