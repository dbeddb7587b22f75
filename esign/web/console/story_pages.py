"""The story of an envelope with its pictures, and each recorded screen as it was shown, for compliance and auditors.

Every role may ask, as for the envelope itself: whose envelope it is not hears so before it hears of roles.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Response, g
from werkzeug.wrappers import Response as AnyResponse

from esign.desk.errors import no_screen
from esign.desk.out_of_sight import out_of_sight
from esign.web.console.access import Console
from esign.web.console.callers import caller
from esign.web.console.console_services import ConsoleServices
from esign.web.console.envelope_pages import SEES_ENVELOPES
from esign.web.console.timeline_words import tell
from esign.web.files import picture
from esign.web.rendering import page, words
from esign.web.replay import screen_page
from esign.web.words import N_

SCREENS: Final[Mapping[str, str]] = {
    "landing": N_("邀请"),
    "invitation-help": N_("邀请的帮助"),
    "opened": N_("打开之后"),
    "code": N_("发验证码"),
    "identify-form": N_("身份核验"),
    "identify": N_("身份核验"),
    "consents": N_("同意的内容"),
    "consent": N_("同意的内容"),
    "reading": N_("阅读一页"),
    "read": N_("阅读一页"),
    "signing": N_("手写签名"),
    "draw": N_("手写签名"),
    "help-": N_("帮助"),
    "photographing": N_("拍照"),
    "take": N_("拍照"),
    "confirmation": N_("最后确认"),
    "confirm": N_("最后确认"),
    "done": N_("签完之后"),
    "declining": N_("不签"),
    "decline": N_("不签"),
    "copy": N_("领取副本"),
    "copy-code": N_("领取副本"),
    "open-copy": N_("领取副本"),
}
"""What the screens of the ceremony are called; one that has no name here is told by its code."""


def declare_story_pages(console: Console, services: ConsoleServices) -> None:
    """Declare them."""
    desk = services.desk

    @console.page("/envelopes/<envelope>/story", to=SEES_ENVELOPES)
    def story(envelope: str) -> AnyResponse:
        scenes = desk.stories.get(caller(), envelope)
        detail = desk.details.get(caller(), envelope, now=services.clock())
        return page(
            "console_story.html",
            one=detail,
            scenes=[(scene, None if scene.happening is None else tell(words(), scene.happening)) for scene in scenes],
            sees_photo=desk.evidence.shows_photo(caller(), envelope),
            open_until=desk.evidence.open_until(caller(), envelope),
            hidden=out_of_sight(desk.sight, desk.evidence, caller(), envelope),
            drawn={one.id for one in detail.recipients if one.handwriting},
            photographed={one.id for one in detail.recipients if one.photo},
            screen_name=lambda code: words().say(SCREENS[code]) if code in SCREENS else code,
        )

    @console.page("/envelopes/<envelope>/recipients/<recipient>/pages/<number>/<image>.jpg", to=SEES_ENVELOPES)
    def page_seen(envelope: str, recipient: str, number: str, image: str) -> Response:
        shown = int(number) if number.isdecimal() and number.isascii() and len(number) <= _PAGE_DIGITS else 0
        return picture(desk.stories.page(caller(), envelope, recipient, shown, image), "image/jpeg")

    @console.form("/envelopes/<envelope>/screens/<screen>", to=SEES_ENVELOPES)
    def screen_seen(envelope: str, screen: str) -> Response:
        opened = desk.evidence.screens(caller(), envelope, only=screen)
        if not opened:
            raise no_screen()
        g.is_recorded_screen = True
        return Response(screen_page(opened[0], services.service.ports.blobs), content_type="text/html; charset=utf-8")


_PAGE_DIGITS: Final = 6
