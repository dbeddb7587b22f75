"""Pictures of verification, in public and in the console, for every verdict; `make screens` has them taken."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import update

from demo.phones import Phone
from esign.verifications.models import HeldVerdict
from tests.browser.camera import Camera
from tests.browser.console_site import COMPLIANCE, LEAD, ConsoleSite
from tests.documents import contract
from tests.service import system_now
from tests.tampering import drawn_over, encrypted

Look = Callable[..., None]


class VerifyAlbum:
    """Verification in one language at one width."""

    def __init__(self, site: ConsoleSite, camera: Camera) -> None:
        self._site = site
        self._camera = camera

    def take(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            files = dict(_files(self._site, Path(folder)))
            self._public(files, "verify", {})
            self._public({"changed": files["changed"]}, "dark-verify", {"color_scheme": "dark"})
            self._named(files)
            self._waiting(files["unsigned"])
            self._console(files)

    def _public(self, files: dict[str, Path], name: str, more: dict[str, Any]) -> None:
        with self._browser(**more) as (one, look):
            one.open(f"{self._site.url}/")
            look(f"{name}-front")
            one.open(f"{self._site.url}/verify")
            look(f"{name}-form")
            one.page.locator(".handing .btn.main").click()
            look(f"{name}-no-file")
            for kind, path in files.items():
                one.open(f"{self._site.url}/verify")
                choose(one.page, path)
                one.page.wait_for_selector(".report")
                look(f"{name}-{kind}")
            one.page.locator(".taking .danger").click()
            one.page.wait_for_selector("dl.trouble")
            look(f"{name}-gone")

    def _named(self, files: dict[str, Path]) -> None:
        """Somebody comes by the code on a completion certificate, with the file that it names, and with another one."""
        address = f"{self._site.url}/verify?sha256={hashlib.sha256(files['good'].read_bytes()).hexdigest()}"
        with self._browser() as (one, look):
            one.open(address)
            look("verify-named")
            for kind in ("good", "unsigned"):
                one.open(address)
                choose(one.page, files[kind])
                one.page.wait_for_selector(".report")
                look(f"verify-named-{kind}")

    def _waiting(self, path: Path) -> None:
        database = self._site.branch.service.ports.database
        with self._browser() as (one, look):
            one.open(f"{self._site.url}/verify")
            choose(one.page, path)
            one.page.wait_for_selector(".report")
            for name, values in (
                ("waiting", {"state": "waiting", "ahead": 3, "sealed": None, "pictures": None}),
                ("judging", {"state": "judging", "ahead": 0}),
                ("lost", {"ends_at": system_now() - timedelta(minutes=1)}),
            ):
                with database.transaction() as session:
                    session.execute(update(HeldVerdict).values(values))
                one.page.reload()
                look(f"verify-{name}")

    def _console(self, files: dict[str, Path]) -> None:
        with self._browser() as (one, look):
            self._site.log_in(one, COMPLIANCE)
            one.open(f"{self._site.url}/console/verifications")
            look("console-verifications-form")
            for kind in ("good", "changed"):
                one.open(f"{self._site.url}/console/verifications")
                choose(one.page, files[kind])
                one.page.wait_for_selector(".report")
                look(f"console-verification-{kind}")
        with self._browser() as (one, look):
            self._site.log_in(one, LEAD)
            one.open(f"{self._site.url}/console/verifications")
            choose(one.page, files["other"])
            one.page.wait_for_selector(".report")
        with self._browser() as (one, look):
            self._site.log_in(one, COMPLIANCE)
            one.open(f"{self._site.url}/console/verifications")
            look("console-verifications")
            one.page.fill("#words", "没有这个人")
            one.page.press("#words", "Enter")
            one.page.wait_for_url("**find=*")
            look("console-verifications-none")

    @contextmanager
    def _browser(self, **more: Any) -> Iterator[tuple[Phone, Look]]:
        one = self._camera.phone(**more)
        look = self._camera.look(one)
        yield one, lambda name: look(name, full=True)
        one.close()


def choose(page: Page, path: Path) -> None:
    """Choose a file and press the button."""
    page.set_input_files("#document", str(path))
    page.locator(".handing .btn.main").click()


def _files(site: ConsoleSite, folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield a file for each verdict, under the name of what it shows."""
    branch, envelope = site.branch, site.envelopes["completed"]
    document = envelope.documents[0].plan.id
    sealed = branch.desk.details.document(branch.people[LEAD], envelope.id, document, sealed=True).content
    for name, content in (
        ("good", sealed),
        ("changed", drawn_over(sealed)),
        ("unsigned", contract()),
        ("other", "亲爱的客户".encode()),
        ("locked", encrypted(contract(), "sesame")),
    ):
        path = folder / f"{name}.pdf"
        path.write_bytes(content)
        yield name, path
