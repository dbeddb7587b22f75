"""Write the recordings again: `python -m demo.handwriting.record`.

The hands are designed, not taken from a person: `characters.py` has the way of the pen, `motion.py` the hand.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from demo.handwriting import RECORDINGS
from demo.handwriting.characters import HE, SHAN, WEN, XIAO, YE, YU, Path
from demo.handwriting.motion import Hand, Pen
from esign.evidence.handwriting import Handwriting, Stroke, encode_handwriting


@dataclass(frozen=True)
class Session:
    """One person at one pad: its size in CSS px, and each character's square (left, top, size)."""

    hand: Hand
    pointer: str
    pad: tuple[float, float]
    pixel_ratio: float
    characters: tuple[tuple[tuple[Path, ...], float, float, float], ...]


SESSIONS = {
    "于文山": Session(
        Hand(speed=620, tremor=0.10, slant=0.05, wobble=0.7, pause=0.07, firmness=0.95, seed=41),
        "pen",
        (760, 320),
        2,
        ((YU, 92, 62, 178), (WEN, 264, 46, 206), (SHAN, 476, 70, 178)),
    ),
    "叶小禾": Session(
        Hand(speed=380, tremor=0.42, slant=0.02, wobble=0.6, pause=0.17, firmness=0.85, seed=7),
        "pen",
        (760, 320),
        2,
        ((YE, 82, 74, 190), (XIAO, 294, 84, 172), (HE, 472, 62, 200)),
    ),
}


def record(session: Session) -> Handwriting:
    """Return what the pad records when the person writes the name once."""
    pen = Pen(session.hand, pointer=session.pointer, lead=0.6)
    strokes: list[Stroke] = []
    for paths, left, top, size in session.characters:
        strokes += [pen.write(path, left=left, top=top, size=size) for path in paths]
        pen.rest(session.hand.pause)
    return Handwriting(*session.pad, session.pixel_ratio, tuple(strokes))


def main() -> int:
    for name, session in SESSIONS.items():
        RECORDINGS[name].write_bytes(encode_handwriting(record(session)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
