"""Sets a bundle's pages: one file each, style and script inside, and a policy that forbids all else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from esign.look import TOKENS

_STATIC: Final = files("esign.bundle") / "static"


def page(template: str, values: Mapping[str, object], *, styles: Sequence[str], scripts: Sequence[str] = ()) -> bytes:
    """Return a page in UTF-8. `styles` and `scripts` are files of `static/`, joined in that order; they are ours."""
    style = "\n".join((TOKENS.read_text("utf-8"), *map(_text, styles)))
    script = "\n".join(map(_text, scripts))
    policy = ["default-src 'none'", f"style-src '{_digest(style)}'", "img-src data: blob:", "base-uri 'none'"]
    policy += ["form-action 'none'", *([f"script-src '{_digest(script)}'"] if scripts else [])]
    rendered = (
        _environment()
        .get_template(template)
        .render(
            **values,
            policy="; ".join(policy),
            style=Markup(style),  # noqa: S704  # our own files
            script=Markup(script),  # noqa: S704  # likewise
        )
    )
    return rendered.encode("utf-8")


def _text(name: str) -> str:
    return (_STATIC / name).read_text("utf-8")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("esign.bundle"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
