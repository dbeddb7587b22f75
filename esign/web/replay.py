"""A ceremony as a sequence of pictures: every screen that a recipient was shown, as files that need no server.

Each screen is the page as it went out, with the style of its day and without its modules; an index tells when it came,
how long it was there and what was pressed. Whoever has the trail can compare each page's digest with its event.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from esign.ceremony.opening_screens import OpenedScreens
from esign.ceremony.screens import Shown
from esign.ceremony.signing_run import CHINA
from esign.infra.blobs import BlobStore, content_name, read_blob
from esign.infra.errors import ConfigurationError
from esign.web.shown_screens import EDITION

_STYLE: Final = re.compile(r'<link rel="stylesheet" href="/assets/[0-9a-f]{16}/([a-z-]+\.css)">')
_ICON: Final = re.compile(r'<link rel="icon"[^>]*>')
_MOVING: Final = re.compile(
    r"<script\b[^>]*></script>|<noscript>.*?</noscript>|<meta http-equiv=\"refresh\"[^>]*>", re.DOTALL
)
_PICTURE: Final = re.compile(
    r'(src|href)="/c/rcp_[0-9a-z]+/(pages/[0-9]+\.jpg|handwriting\.png|photo\.jpg)(?:\?[0-9a-z]*)?"'
)
_TAKEN: Final = re.compile(r'src="(pages/[0-9]+\.jpg|handwriting\.png|photo\.jpg)"')
_ADDRESS: Final = re.compile(r'href="(?!#|pages/[0-9]+\.jpg")[^"]*"')
"""Links to the service, which is not there when a screen is looked at again, and to anywhere else."""
_TEMPLATES: Final = Environment(loader=PackageLoader("esign.web", "data"), autoescape=True)
_POLICY: Final = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
    "img-src 'self' file:; frame-src 'self' file:\">"
)


@dataclass(frozen=True)
class Replayed:
    """A screen with its content and the salt of its digest, None where they were erased."""

    shown: Shown
    content: bytes | None = field(repr=False)
    salt: bytes | None = field(default=None, repr=False)


def replay_files(
    title: str,
    screens: Sequence[Replayed],
    style_of: Callable[[str], Mapping[str, str]],
    pictures: Mapping[str, bytes],
) -> Mapping[str, bytes]:
    """Return the screens as files by their names, a page each with its index and pictures; nothing is written.

    `style_of` gives the style of an edition, `pictures` are by their names. Raises what `style_of` raises.
    """
    files, names = dict(pictures), []
    for number, screen in enumerate(screens, start=1):
        names.append(f"{number:03}-{screen.shown.name}.html")
        shown = _page(screen, style_of(screen.shown.edition)) if screen.content is not None else _ERASED
        files[names[-1]] = shown.encode("utf-8")
    style = "".join(style_of(screens[-1].shown.edition).values()) if screens else ""
    files["index.html"] = _index(title, screens, names, style).encode("utf-8")
    return files


def screen_page(opened: OpenedScreens, blobs: BlobStore) -> bytes:
    """Return the one screen that was opened as a page of its own, with its style and its pictures in it.

    Raises `BlobError`.
    """
    ((shown, kept),) = opened.screens
    if kept is None:
        return _ERASED.encode("utf-8")
    text = _page(Replayed(shown, kept[1], kept[0]), edition_style(blobs, shown.edition)).replace(_POLICY, "", 1)

    def inside(found: re.Match[str]) -> str:
        content = opened.pictures.get(found[1])
        kind = "png" if found[1].endswith(".png") else "jpeg"
        return found[0] if content is None else f'src="data:image/{kind};base64,{b64encode(content).decode("ascii")}"'

    return _TAKEN.sub(inside, text).encode("utf-8")


def files_of(envelope: str, opened: OpenedScreens, blobs: BlobStore) -> Mapping[str, bytes]:
    """Return what one recipient was shown, as `replay_files` does. Raises `BlobError`."""
    screens = [
        Replayed(shown, None) if kept is None else Replayed(shown, kept[1], kept[0]) for shown, kept in opened.screens
    ]
    return replay_files(f"{envelope} · {opened.role}", screens, partial(edition_style, blobs), opened.pictures)


def write_replay(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of a replay into a new folder that its owner alone may enter.

    Raises `ConfigurationError` (`folder-exists`, `folder-unwritable`).
    """
    try:
        folder.mkdir(mode=0o700, parents=True)
        for name, content in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
    except FileExistsError as error:
        raise ConfigurationError("folder-exists", f"{folder} is there already", "name a folder that is not") from error
    except OSError as error:
        raise ConfigurationError(
            "folder-unwritable", f"{folder} cannot be written ({error.strerror})", "name another folder"
        ) from error


def edition_style(blobs: BlobStore, edition: str) -> Mapping[str, str]:
    """Return the style sheets of an edition by their names. Raises `BlobError`."""
    bundle = json.loads(read_blob(blobs, content_name(EDITION, bytes.fromhex(edition))))
    return {name: str(text) for name, text in bundle.items() if name.endswith(".css")}


def _page(screen: Replayed, style: Mapping[str, str]) -> str:
    text = (screen.content or b"").decode("utf-8")
    text = _MOVING.sub("", _ICON.sub(_POLICY, text))
    text = _STYLE.sub(lambda found: f"<style>{style.get(found[1], '')}</style>", text)
    return _ADDRESS.sub('href="#main"', _PICTURE.sub(lambda found: f'{found[1]}="{found[2]}"', text))


def _index(title: str, screens: Sequence[Replayed], names: Sequence[str], style: str) -> str:
    rows = [_row(screen, name) for screen, name in zip(screens, names, strict=True)]
    template = _TEMPLATES.get_template("replay.html")
    return template.render(title=title, policy=Markup(_POLICY), style=Markup(style), rows=rows)  # noqa: S704  # ours


def _row(screen: Replayed, name: str) -> Mapping[str, object]:
    shown = screen.shown
    stayed = "未知" if shown.left_at is None else f"{(shown.left_at - shown.shown_at).total_seconds():.1f} 秒"
    facts = {
        "显示于": shown.shown_at.astimezone(CHINA).isoformat(sep=" ", timespec="milliseconds"),
        "画面": shown.name,
        "停留": stayed,
        "按过": ", ".join(shown.actions) or "无",
        "设备": shown.device or "无",
        "盐": "已删除" if screen.salt is None else screen.salt.hex(),
        "SHA-256": shown.digest,
    }
    return {"file": name, "name": shown.name, "facts": list(facts.items())}


_ERASED: Final = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>已删除</title><p>这个画面的内容已删除。</p></html>'
)
