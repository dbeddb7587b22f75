"""What a person is shown of a report: the same for the page of the site, the HTML file and the PDF, in one language.

Every text is said in the reader's language and harmless already; what shows it only has to place and escape it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from esign.verify.reports.language import Language

Tone: TypeAlias = Literal["pass", "wait", "fail", "act"]
"""How something weighs: right, undecided, wrong, or merely told. Shown by shape and word, never by colour alone."""


@dataclass(frozen=True)
class Tag:
    """A state in a word or two."""

    text: str
    tone: Tone


@dataclass(frozen=True)
class Fact:
    """A label and what is under it. `exact`: digests and codes, which are set in a face of equal widths."""

    label: str
    value: str
    exact: bool = False


@dataclass(frozen=True)
class Picture:
    """A picture with the words that stand for it. `name` is unique in the report (lower-case letters, digits, -)."""

    name: str
    media_type: str
    data: bytes = field(repr=False)
    width: int
    height: int
    words: str


@dataclass(frozen=True)
class VerdictView:
    """The verdict: one word, one sentence; what it says and does not say; what to do next. `code` is the conclusion."""

    word: str
    sentence: str
    code: str
    tone: Tone
    says: tuple[str, ...]
    limits: tuple[str, ...]
    advice: tuple[str, ...]


@dataclass(frozen=True)
class EvidenceView:
    """What shows who meant what, as far as the file carries it."""

    facts: tuple[Fact, ...]
    manifest: Tag
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class SignatureView:
    """One signature or timestamp. `number` counts in signing order; `outcome` is its own indication in words."""

    number: int
    name: str
    role: str
    field: str
    is_timestamp: bool
    tone: Tone
    outcome: Tag
    integrity: Tag
    trust: Tag
    changes: Tag
    moment: str
    moment_is_proven: bool
    claimed: str | None
    level: str
    level_words: str
    coverage: str
    reason: str | None
    evidence: EvidenceView | None
    details: tuple[Fact, ...]


@dataclass(frozen=True)
class FindingView:
    """What was found, once or of several signatures alike: what it is, the verifier's sentence, what follows, where.

    `fields` are the signatures' fields; empty where it concerns the whole document.
    """

    title: str
    sentence: str
    meaning: str
    fields: tuple[str, ...]
    code: str


@dataclass(frozen=True)
class FindingGroup:
    """The findings of one weight, heaviest group first."""

    label: str
    tone: Tone
    findings: tuple[FindingView, ...]


@dataclass(frozen=True)
class ChangedPage:
    """A page (`number` from 1) that looks different; in `marked`, the page as it is now, what differs is marked.

    A page that was added or removed has no picture of when it was not there, and none that is marked.
    """

    number: int
    title: str
    before: Picture | None
    after: Picture | None
    marked: Picture | None


@dataclass(frozen=True)
class ChangesView:
    """What happened to the document after it was signed, in sentences, and the pages that look different.

    `sentences` have the tone; `permitted` tell beside them what was allowed, where something else was not.
    """

    tone: Tone
    sentences: tuple[str, ...]
    permitted: tuple[str, ...]
    pages: tuple[ChangedPage, ...]


@dataclass(frozen=True)
class RequirementView:
    """A requirement of the acceptance policy: what it asks, what was found, and whether it is met."""

    title: str
    message: str
    tag: Tag


@dataclass(frozen=True)
class AcceptanceView:
    """The second verdict, by a named policy: in a word and in a sentence."""

    policy: str
    verdict: Tag
    sentence: str
    requirements: tuple[RequirementView, ...]


@dataclass(frozen=True)
class ReportView:
    """A report in one language, ready to be shown."""

    language: Language
    title: str
    verdict: VerdictView
    document: tuple[Fact, ...]
    signatures: tuple[SignatureView, ...]
    changes: ChangesView | None
    acceptance: AcceptanceView | None
    findings: tuple[FindingGroup, ...]
    provenance: tuple[Fact, ...]

    @property
    def pictures(self) -> Sequence[Picture]:
        """Every picture of the report, for whoever gives them addresses."""
        changed = self.changes.pages if self.changes else ()
        found = [picture for page in changed for picture in (page.before, page.after, page.marked) if picture]
        for signature in self.signatures:
            found += signature.evidence.pictures if signature.evidence else ()
        return found
