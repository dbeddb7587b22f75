"""What both portraits have: room, head, eyes, nose and mouth, glasses, each in the face's own colours."""

from __future__ import annotations

from PIL import Image

from demo.faces.easel import Colour, Easel, Spot, mirrored, smooth

DARK: Colour = (38, 34, 38)


def room(wall: Colour, floor: Colour, light: Colour) -> Easel:
    """An easel with a wall, light from the window at the left, and the sitter's shadow."""
    easel = Easel(wall, floor)
    easel.shade([(-30, -30), (86, -30), (66, 330), (-30, 330)], light, strength=0.75, blur=16)
    easel.shade([(168, 40), (236, 30), (240, 190), (172, 196)], (255, 255, 255), strength=0.20, blur=5)
    easel.shade([(178, 52), (228, 44), (231, 180), (181, 184)], floor, strength=0.55, blur=4)
    easel.shade(smooth([(28, 320), (58, 120), (128, 44), (196, 130), (222, 320)]), (40, 48, 60), strength=0.22, blur=13)
    return easel


def eye(easel: Easel, x: float, y: float, *, half: float, iris: Colour, lid: Colour, droop: float) -> None:
    out = -1 if x < 120 else 1
    white = smooth([
        (x - half * out, y + 1.2), (x - 0.35 * half * out, y - 3.4), (x + 0.4 * half * out, y - 3.5 + droop),
        (x + half * out, y + 0.2 + droop), (x + 0.3 * half * out, y + 3.2), (x - 0.5 * half * out, y + 3.1),
    ])  # fmt: skip
    mask = easel.fill(white, (247, 244, 240))
    easel.disc(x, y - 0.1, 4.1, 4.1, iris)
    easel.disc(x, y - 0.1, 2.1, 2.1, (18, 14, 14))
    easel.disc(x - 1.3, y - 1.5, 1.0, 1.0, (255, 255, 255))
    easel.shade(
        [(x - 12, y - 7), (x + 12, y - 7), (x + 12, y - 2.0), (x - 12, y - 2.0)],
        (60, 40, 36),
        strength=0.4,
        blur=1,
        within=mask,
    )
    top = [(x - (half + 0.4) * out, y + 1.4), (x - 0.35 * half * out, y - 3.6), (x + 0.4 * half * out, y - 3.7 + droop)]
    easel.line([*top, (x + (half + 1.2) * out, y + 0.4 + droop)], DARK, 1.25, taper=True)
    easel.line([(px, py - 3.4) for px, py in top] + [(x + (half + 1) * out, y - 2.6 + droop)], lid, 0.7, taper=True)


def nose_and_mouth(easel: Easel, skin: Image.Image, shade: Colour, lips: tuple[Colour, Colour], smile: float) -> None:
    easel.shade(
        smooth([(114, 132), (126, 132), (131, 166), (109, 166)]), (255, 240, 226), strength=0.34, blur=4, within=skin
    )
    easel.shade(
        smooth([(124, 128), (129, 150), (134, 168), (126, 170), (124, 150)]), shade, strength=0.42, blur=3, within=skin
    )
    easel.line([(107.5, 165), (105.5, 169), (109, 172)], shade, 1.1, taper=True)
    easel.line([(132.5, 165), (134.5, 169), (131, 172)], shade, 1.1, taper=True)
    easel.line([(111, 172.6), (115, 171.6), (120, 174.2), (125, 171.6), (129, 172.6)], shade, 1.3, taper=True)
    dark, light = lips
    y = 190.0
    easel.fill(smooth([
        (100.5, y - smile), (110, y - 3.2), (117, y - 4.6), (120, y - 3.8), (123, y - 4.6), (130, y - 3.2),
        (139.5, y - smile),
        (129, y + 0.8), (120, y + 1.6), (111, y + 0.8),
    ]), dark)  # fmt: skip
    easel.fill(smooth([
        (102.5, y - smile + 0.6), (111, y + 0.6), (120, y + 1.2), (129, y + 0.6), (137.5, y - smile + 0.6),
        (130, y + 5.4),
        (120, y + 7.4), (110, y + 5.4),
    ]), light)  # fmt: skip
    easel.line(
        [(99.5, y - smile - 0.6), (110, y + 0.4), (120, y + 1.2), (130, y + 0.4), (140.5, y - smile - 0.6)],
        (116, 52, 50),
        0.95,
        taper=True,
    )
    easel.shade(
        smooth([(112, y + 10), (128, y + 10), (125, y + 13), (115, y + 13)]), shade, strength=0.5, blur=2, within=skin
    )


def head(easel: Easel, outline: list[Spot], skin: Colour, shade: Colour, *, neck: float, ears: bool) -> Image.Image:
    throat = easel.fill(
        smooth(mirrored([(neck + 2, 180), (neck, 222), (neck - 12, 250), (106, 268), (120, 271)])), skin
    )
    easel.shade(
        smooth([(86, 186), (120, 226), (156, 186), (152, 232), (120, 246), (90, 232)]),
        shade,
        strength=0.85,
        blur=5,
        within=throat,
    )
    for out in (-1, 1) if ears else ():
        x = 120 + 56 * out
        ear = easel.fill(smooth([
            (x - 3 * out, 128), (x + 4 * out, 124), (x + 8 * out, 134), (x + 5 * out, 152), (x, 162),
            (x - 4 * out, 158),
        ]), skin)  # fmt: skip
        easel.shade(
            smooth([(x, 132), (x + 4 * out, 134), (x + 2 * out, 150), (x - 2 * out, 152)]),
            shade,
            strength=0.7,
            blur=1.6,
            within=ear,
        )
    face = easel.fill(outline, skin)
    easel.shade([(150, 60), (190, 60), (190, 240), (138, 240), (160, 170)], shade, strength=0.55, blur=11, within=face)
    easel.shade(
        smooth([(76, 200), (120, 232), (164, 200), (150, 244), (90, 244)]), shade, strength=0.5, blur=7, within=face
    )
    easel.shade(
        smooth([(72, 96), (104, 86), (106, 150), (76, 166)]), (255, 238, 222), strength=0.35, blur=9, within=face
    )
    return face


def glasses(easel: Easel) -> None:
    frame = (96, 60, 52)
    for out in (-1, 1):
        x = 120 + 26 * out
        rim = smooth([
            (x - 15, 123), (x, 121), (x + 15, 123), (x + 17, 134), (x + 12, 146), (x, 149), (x - 12, 146),
            (x - 17, 134),
        ])  # fmt: skip
        easel.shade(rim, (255, 255, 255), strength=0.10, blur=0.5)
        easel.line([*rim[::6], rim[0]], frame, 1.5)
        easel.line([(120 + 43 * out, 129), (120 + 54 * out, 129)], frame, 1.6)
        easel.line([(x - 9, 127), (x - 12, 135)], (255, 255, 255), 0.9, taper=True)
    easel.line([(111, 130), (120, 127), (129, 130)], frame, 1.6)
