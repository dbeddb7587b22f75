"""The look that pages, the API's documents and reports share: kept once."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

FOLDER: Final[Traversable] = files("esign.look") / "static"
TOKENS: Final[Traversable] = FOLDER / "tokens.css"
"""Every colour, face and space that a page may use."""
REPORT: Final[Traversable] = FOLDER / "report.css"
"""The report of a verification, wherever it is shown."""
MARK: Final[Traversable] = FOLDER / "mark.svg"
"""The service's mark, as browsers show it beside a page's title."""
_LIGHT: Final = re.compile(r":root \{(.*?)\n\}", re.DOTALL)
_COLOUR: Final = re.compile(r"--([a-z0-9-]+): (#[0-9a-f]{6});")


@cache
def light_colours() -> Mapping[str, str]:
    """Return the colours for light surroundings and for paper by their token: `ink` to `#12253a`."""
    block = _LIGHT.search(TOKENS.read_text("utf-8"))
    return dict(_COLOUR.findall(block.group(1))) if block else {}
