"""The contract's bar code."""

from __future__ import annotations

import pytest

from esign.public.typesetting import code39_widths


def test_a_bar_code_has_nine_elements_and_three_wide_ones_for_each_character() -> None:
    widths = [*code39_widths("CY-330126112200"), 1.0]
    characters = [widths[i : i + 10] for i in range(0, len(widths), 10)]
    assert len(characters) == len("CY-330126112200") + 2
    for elements in characters:
        assert sum(width > 1 for width in elements[:9]) == 3
        assert elements[9] == 1.0
    assert characters[0] == characters[-1]
    assert len({tuple(c) for c in characters}) == len(set("CY-330126112200")) + 1


@pytest.mark.parametrize("text", ["", "cy1", "A*B", "合同"])
def test_a_text_that_code_39_cannot_carry_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Code 39"):
        code39_widths(text)
