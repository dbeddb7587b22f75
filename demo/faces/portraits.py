"""The two portraits, shape by shape: a son of 35 and his mother, facing the camera by a window."""

from __future__ import annotations

from collections.abc import Callable

from demo.faces.easel import mirrored, smooth
from demo.faces.features import eye, glasses, head, nose_and_mouth, room


def draw_face(which: str) -> bytes:
    """Return a drawn portrait as JPEG bytes, 720 x 900, upright; `which` is a name in `PORTRAITS`.

    Raises KeyError for another name.
    """
    return PORTRAITS[which]()


def _son() -> bytes:
    skin, shade = (232, 188, 154), (186, 132, 104)
    easel = room((206, 216, 220), (168, 182, 190), (240, 243, 240))
    face_outline = smooth(mirrored([
        (120, 62), (90, 70), (70, 96), (65.5, 130), (67.5, 160), (73, 184), (83, 204), (100, 219), (120, 223),
    ]))  # fmt: skip
    hair_back = smooth(
        [(66, 134), (62, 104), (70, 66), (98, 45), (130, 41), (158, 51), (175, 78), (178, 108), (174, 134), (120, 150)]
    )
    easel.fill(hair_back, (34, 30, 32))
    coat = easel.fill(
        smooth([(-8, 312), (4, 276), (34, 252), (88, 236), (120, 262), (152, 236), (206, 252), (236, 276), (248, 312)]),
        (44, 68, 96),
    )
    easel.shade([(150, 236), (260, 250), (260, 312), (130, 312)], (22, 36, 56), strength=0.5, blur=12, within=coat)
    easel.shade([(0, 262), (60, 244), (70, 312), (0, 312)], (88, 116, 146), strength=0.4, blur=12, within=coat)
    face = head(easel, face_outline, skin, shade, neck=89, ears=True)
    for out in (-1, 1):
        collar = [(120 + 35 * out, 232), (120 + 1 * out, 268), (120 + 21 * out, 290), (120 + 45 * out, 247)]
        mask = easel.fill(collar, (232, 236, 240))
        easel.shade(
            [(120 + 30 * out, 232), (120, 268), (120 + 10 * out, 274), (120 + 40 * out, 240)],
            (150, 162, 176),
            strength=0.6,
            blur=3,
            within=mask,
        )
    easel.line([(120, 272), (120, 300)], (28, 46, 68), 1.0)
    # hair over the forehead, parted on his right, a few lit strands
    fringe = easel.fill(smooth([
        (66.5, 137), (62, 118), (62, 96), (71, 63), (86, 47), (104, 43), (122, 36), (146, 39), (165, 53),
        (177, 80), (178, 112),
        (173.5, 137), (171, 122), (168, 104), (160, 88), (150, 84), (136, 86), (120, 83), (104, 78), (90, 82),
        (78, 94), (71.5, 108), (69.5, 124),
    ]), (40, 35, 37))  # fmt: skip
    for n in range(7):
        easel.line(
            [(98 + n * 9, 40 + abs(n - 3) * 2), (97 + n * 9, 54 + n * 0.8), (88 + n * 10.5, 84 + n * 0.6)],
            (70, 62, 64),
            0.9,
            taper=True,
            within=fringe,
        )
    easel.shade(smooth([(82, 54), (116, 42), (132, 48), (98, 64)]), (104, 96, 98), strength=0.55, blur=5, within=fringe)
    easel.shade(
        smooth([(70, 112), (84, 86), (120, 82), (160, 92), (172, 114), (158, 100), (120, 91), (86, 96)]),
        shade,
        strength=0.45,
        blur=3,
        within=face,
    )
    for out in (-1, 1):
        x = 120 + 26 * out
        easel.shade(
            smooth([(x - 13, 122), (x + 13, 122), (x + 11, 134), (x - 11, 134)]),
            shade,
            strength=0.3,
            blur=4,
            within=face,
        )
        eye(easel, x, 129, half=9.6, iris=(70, 46, 34), lid=(160, 108, 84), droop=0.2)
        easel.line(
            [(120 + 12.5 * out, 116.6), (120 + 24 * out, 113.2), (120 + 34 * out, 113.0), (120 + 42.5 * out, 117.4)],
            (44, 37, 37),
            4.6,
            taper=True,
        )
        easel.shade(
            smooth([(120 + 22 * out, 160), (120 + 44 * out, 158), (120 + 40 * out, 178), (120 + 24 * out, 178)]),
            (222, 128, 108),
            strength=0.26,
            blur=6,
            within=face,
        )
        easel.line(
            [(120 + 22 * out, 176), (120 + 26 * out, 183), (120 + 26.5 * out, 189)], (202, 152, 122), 0.8, taper=True
        )
    easel.shade(
        smooth(mirrored([(92, 196), (94, 210), (108, 218), (120, 220)])),
        (104, 92, 92),
        strength=0.34,
        blur=6,
        within=face,
    )
    nose_and_mouth(easel, face, shade, ((176, 112, 96), (198, 136, 116)), 2.2)
    return easel.jpeg(grain=3.2, seed=19)


def _mother() -> bytes:
    skin, shade = (236, 200, 172), (192, 142, 118)
    easel = room((222, 212, 196), (188, 176, 160), (250, 244, 230))
    grey, dark_grey, light_grey = (128, 126, 130), (92, 90, 96), (182, 180, 182)
    face_outline = smooth(mirrored([
        (120, 66), (92, 74), (73, 98), (67.5, 130), (69, 160), (77, 186), (91, 205), (106, 215.5), (120, 218),
    ]))  # fmt: skip
    back = smooth([
        (72, 190), (58, 182), (49, 162), (52, 140), (47, 114), (56, 82), (72, 56), (96, 40), (122, 35),
        (150, 41), (172, 58), (185, 84),
        (193, 114), (188, 140), (191, 162), (182, 182), (168, 190),
    ])  # fmt: skip
    mask = easel.fill(back, dark_grey)
    easel.shade(smooth([(50, 96), (74, 60), (84, 92), (64, 150)]), grey, strength=0.7, blur=7, within=mask)
    coat = easel.fill(
        smooth([(-8, 312), (6, 280), (38, 256), (90, 238), (120, 266), (150, 238), (202, 256), (234, 280), (248, 312)]),
        (126, 62, 70),
    )
    easel.shade([(150, 238), (260, 256), (260, 312), (128, 312)], (78, 34, 44), strength=0.55, blur=12, within=coat)
    easel.shade([(0, 268), (64, 246), (72, 312), (0, 312)], (172, 104, 108), strength=0.4, blur=12, within=coat)
    face = head(easel, face_outline, skin, shade, neck=95, ears=False)
    blouse = easel.fill(
        smooth([(88, 246), (104, 264), (120, 270), (136, 264), (152, 246), (146, 290), (120, 312), (94, 290)]),
        (244, 236, 224),
    )
    easel.shade(
        [(96, 244), (120, 268), (144, 244), (140, 262), (120, 280), (100, 262)],
        (196, 172, 150),
        strength=0.55,
        blur=3,
        within=blouse,
    )
    for out in (-1, 1):
        lapel = easel.fill(
            smooth(
                [
                    (120 + 34 * out, 236),
                    (120 + 26 * out, 258),
                    (120 + 4 * out, 304),
                    (120 + 26 * out, 306),
                    (120 + 48 * out, 262),
                ]
            ),
            (138, 70, 78),
        )
        easel.shade(
            smooth([(120 + 30 * out, 244), (120 + 6 * out, 300), (120 + 14 * out, 302), (120 + 34 * out, 256)]),
            (92, 42, 52),
            strength=0.5,
            blur=3,
            within=lapel,
        )
    # short waved hair, swept from a side parting
    fringe = easel.fill(smooth([
        (66, 168), (56, 150), (52, 120), (58, 88), (74, 58), (100, 42), (128, 38), (156, 46), (176, 68),
        (186, 100), (186, 140),
        (176, 164), (172, 140), (171, 116), (160, 96), (140, 86), (116, 80), (104, 80), (88, 92), (77, 108),
        (71, 134), (70, 156),
    ]), grey)  # fmt: skip
    easel.shade([(148, 40), (200, 60), (200, 180), (168, 180)], dark_grey, strength=0.6, blur=7, within=fringe)
    easel.shade(
        smooth([(70, 76), (98, 50), (120, 48), (92, 74), (72, 106)]), light_grey, strength=0.7, blur=5, within=fringe
    )
    for n in range(8):
        left = 60 + n * 2.2
        easel.line(
            [(104 + n * 2, 46 + n), (80 + n * 2.6, 66 + n * 2.4), (left + 4, 98 + n * 3), (left - 2 + n, 140 + n)],
            light_grey if n % 2 else dark_grey,
            0.8,
            taper=True,
            within=fringe,
        )
        easel.line(
            [(112 + n * 4, 44), (140 + n * 3.2, 58 + n), (164 + n * 1.6, 88 + n * 2), (172 + n * 1.2, 136 + n)],
            light_grey if n % 3 else dark_grey,
            0.8,
            taper=True,
            within=fringe,
        )
    easel.shade(
        smooth([(72, 122), (86, 96), (108, 84), (140, 90), (164, 104), (171, 124), (150, 102), (116, 92), (92, 104)]),
        shade,
        strength=0.45,
        blur=3,
        within=face,
    )
    wrinkle = (206, 160, 134)
    easel.line([(98, 101), (118, 98.5), (142, 101)], wrinkle, 0.7, taper=True)
    easel.line([(102, 107), (120, 105), (138, 107)], wrinkle, 0.6, taper=True)
    for out in (-1, 1):
        x = 120 + 25.5 * out
        easel.shade(
            smooth([(x - 13, 124), (x + 13, 124), (x + 11, 142), (x - 11, 142)]),
            shade,
            strength=0.28,
            blur=4,
            within=face,
        )
        eye(easel, x, 133, half=9.0, iris=(74, 52, 42), lid=(172, 122, 100), droop=1.0)
        easel.line(
            [(120 + 14 * out, 119.6), (120 + 24 * out, 115.8), (120 + 33 * out, 116.6), (120 + 40 * out, 121)],
            (112, 100, 98),
            2.2,
            taper=True,
        )
        easel.line([(x - 7, 141.5), (x, 143.6), (x + 7, 141.5)], wrinkle, 0.8, taper=True)
        for n in range(3):
            easel.line([(120 + 40 * out, 132 + n * 2.2), (120 + 46.5 * out, 129.5 + n * 4)], wrinkle, 0.65, taper=True)
        easel.shade(
            smooth([(120 + 20 * out, 160), (120 + 42 * out, 158), (120 + 38 * out, 178), (120 + 22 * out, 178)]),
            (226, 132, 116),
            strength=0.34,
            blur=6,
            within=face,
        )
        easel.line(
            [(120 + 16 * out, 168), (120 + 25 * out, 178), (120 + 28.5 * out, 190)], (196, 146, 120), 1.2, taper=True
        )
    nose_and_mouth(easel, face, shade, ((178, 92, 88), (204, 122, 114)), 4.0)
    glasses(easel)
    return easel.jpeg(grain=3.2, seed=64)


PORTRAITS: dict[str, Callable[[], bytes]] = {"于文山": _son, "叶小禾": _mother}
