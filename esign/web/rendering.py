"""From a template to an answer: the words of the request, the size of letters, the addresses of assets, tokens."""

from __future__ import annotations

from typing import Any, Final

from flask import Flask, Response, current_app, g, make_response, render_template, request
from markupsafe import Markup

from esign.web import cookies
from esign.web.assets import assets
from esign.web.forgery import FIELD, Forms
from esign.web.promise import minutes_left
from esign.web.words import CHINESE, Language, Words, language_of, words_in

CATALOGUES: Final = "CATALOGUES"
"""Where an application keeps which packages of rooms have words of their own (`data/en`)."""


def set_up_templates(app: Flask, forms: Forms) -> None:
    """Give the templates their words and what stands on every page."""
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        lambda message: words().gettext(message),
        lambda one, many, count: words().gettext(one if count == 1 else many),
        newstyle=True,
    )
    environment.globals.update(
        asset=assets().address,
        asset_names=assets().contents,
        words=words,
        is_large=cookies.is_large,
        form_token=lambda about: token_field(forms.token(about)),
        token_of=forms.token,
        here=nearest_page,
        minutes_left=minutes_left,
    )


def nearest_page() -> str:
    """Return the path of what is looked at now: of the answer to a form, the page above it that can be opened anew."""
    path = request.path
    if request.method in ("GET", "HEAD"):
        return path
    here = current_app.url_map.bind("")
    while path.strip("/"):
        if here.test(request.script_root + path, method="GET") or here.test(path, method="GET"):
            return path
        path = path.rpartition("/")[0]
    return "/"


def words() -> Words:
    """Return the words of this request: as was switched to, else the person's, else the browser's language."""
    known: Words | None = g.get("words")
    if known is None:
        known = g.words = _in(_browser_language())
    return known


def speak(recipient: str | None, locale: str | None) -> Words:
    """Settle the language of this request for a recipient, whose own it is unless somebody switched."""
    language = cookies.language_chosen(recipient) or language_of(locale)
    g.words = _in(language or _browser_language())
    g.recipient = recipient
    chosen: Words = g.words
    return chosen


def _in(language: Language) -> Words:
    return words_in(language, tuple(current_app.config.get(CATALOGUES, ())))


def page(template: str, status: int = 200, **values: Any) -> Response:
    """Return a page."""
    response = make_response(render_template(template, **values), status)
    response.headers["Content-Language"] = words().language
    return response


def wants_json() -> bool:
    """Tell whether a module of ours asks, which reads JSON; else it is a form."""
    return request.accept_mimetypes.best == "application/json"


def _browser_language() -> Any:
    chosen = cookies.language_chosen(None)
    if chosen is not None:
        return chosen
    best = request.accept_languages.best_match(["zh-CN", "zh-Hans", "zh", "en"])
    return language_of(best) or CHINESE


def token_field(token: str) -> Markup:
    """Return the hidden field in which a form carries its token."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token)
