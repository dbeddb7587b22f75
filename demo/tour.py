"""The picture tour: one static page, Chinese and English, that shows what the demo made.

No script, no outside address: `index.html`, two style sheets and the pictures, to be opened from the folder.
Everything that is filled in is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from esign.errors import OutputError
from esign.look import TOKENS

PAGES = Path(__file__).parent / "pages"
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}")


@dataclass(frozen=True)
class Words:
    """The same words in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True)
class Picture:
    """A picture and its file name in the tour's folder; `alt` is for those who do not see it."""

    name: str
    data: bytes
    caption: Words
    alt: Words


@dataclass(frozen=True)
class Fact:
    """A label and a value, such as a serial number or a count; `mono` for digests and the like."""

    label: Words
    value: str
    mono: bool = False


@dataclass(frozen=True)
class Capture:
    """What was captured of one person: handwriting, face, and facts about the capture."""

    name: str
    role: Words
    handwriting: Picture
    face: Picture
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class EvidenceFile:
    """An evidence file inside the PDF; `state` says who can read it (open, sealed, digest only)."""

    name: str
    what: Words
    state: Words
    size: int


@dataclass(frozen=True)
class SignatureInside:
    """One signature inside the PDF: whose, its certificate, its timestamp, its evidence files."""

    signer: str
    role: Words
    facts: tuple[Fact, ...]
    files: tuple[EvidenceFile, ...]


@dataclass(frozen=True)
class VerdictRow:
    """The verifier's findings on one signature; `good` colours the row's tags."""

    signer: str
    role: Words
    signature: Words
    changes: Words
    time: str
    level: str
    good: bool


@dataclass(frozen=True)
class Verdict:
    """What our verifier says: a plain sentence, then the conclusion's code, then each signature."""

    sentence: Words
    conclusion: str
    good: bool
    rows: tuple[VerdictRow, ...]


@dataclass(frozen=True)
class Judge:
    """An outside tool's judgement. `agrees` is None where the tool is not installed."""

    tool: str
    question: Words
    command: str
    said: str
    agrees: bool | None


@dataclass(frozen=True)
class Step:
    """A step of the demo and how long it took, in milliseconds."""

    what: Words
    milliseconds: float


@dataclass(frozen=True)
class Download:
    """A file beside the tour, by its name in the same folder, size in bytes."""

    name: str
    what: Words
    size: int


@dataclass(frozen=True)
class Tour:
    """Everything the tour shows. `notice` says what stands in for a real service."""

    contract: str
    company: str
    notice: Words
    contract_pages: tuple[Picture, ...]
    captures: tuple[Capture, ...]
    page_before: Picture
    page_after: Picture
    signatures: tuple[SignatureInside, ...]
    archive: tuple[Fact, ...]
    verdict: Verdict
    judges: tuple[Judge, ...]
    steps: tuple[Step, ...]
    downloads: tuple[Download, ...]

    @property
    def pictures(self) -> Iterator[Picture]:
        """Every picture of the tour."""
        yield from self.contract_pages
        for capture in self.captures:
            yield capture.handwriting
            yield capture.face
        yield self.page_before
        yield self.page_after

    @property
    def total_milliseconds(self) -> float:
        """The sum of all steps."""
        return sum(step.milliseconds for step in self.steps)


def write_tour(folder: Path, tour: Tour) -> None:
    """Write `index.html`, the style sheets and the pictures into `folder`, which is made if it is missing.

    Raises ValueError for a file name that could leave the folder, OutputError if the folder is not writable.
    """
    page = render_tour(tour).encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for picture in tour.pictures:
            (folder / picture.name).write_bytes(picture.data)
        for style in (TOKENS, PAGES / "tour.css"):
            (folder / style.name).write_bytes(style.read_bytes())
        (folder / "index.html").write_bytes(page)
    except OSError as error:
        raise OutputError(
            "demo-tour-output",
            f"the picture tour cannot be written: {error.strerror}",
            "make the folder writable or choose another",
        ) from error


def render_tour(tour: Tour) -> str:
    """Return the tour's page as HTML. Raises ValueError for a file name that could leave the folder."""
    for name in [*(p.name for p in tour.pictures), *(d.name for d in tour.downloads)]:
        if not _FILE_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no plain file name")
    environment = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["bytes"] = _bytes
    environment.filters["duration"] = _duration
    return environment.get_template("index.html").render(
        tour=tour, slowest=max((s.milliseconds for s in tour.steps), default=1.0)
    )


def _bytes(size: int) -> str:
    if size < 10_000:
        return f"{size:,} B"
    return f"{size / 1000:,.0f} kB" if size < 10_000_000 else f"{size / 1_000_000:,.1f} MB"


def _duration(milliseconds: float) -> str:
    if milliseconds < 10:
        return f"{milliseconds:.1f} ms"
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.2f} s"
