"""Our own work, for operations: what waits, what is late, what failed and why, and trying it again."""

from __future__ import annotations

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from esign.desk.work import WORKERS
from esign.web.console import envelope_words as said
from esign.web.console.access import Console, only
from esign.web.console.callers import caller, caller_or_nobody
from esign.web.console.console_services import ConsoleServices
from esign.web.console.notices import done
from esign.web.rendering import page, words
from esign.web.words import N_
from esign.webhooks.errors import WebhookError


def declare_job_pages(console: Console, services: ConsoleServices) -> None:
    """Declare the list of jobs and what is tried again from it."""
    work_list = services.desk.work
    console.waiting_counts["jobs"] = lambda: _failed(services)

    @console.page("/jobs", to=only(*WORKERS))
    def jobs() -> Response:
        return _job_page(services, console)

    @console.form("/jobs/hurry", to=only(*WORKERS))
    def hurry() -> AnyResponse:
        work_list.hurry(caller(), request.form.get("task", ""))
        return done(url_for("jobs"), "hurried")

    @console.form("/jobs/redeliver", to=only(*WORKERS))
    def redeliver() -> AnyResponse:
        try:
            work_list.redeliver(caller(), request.form.get("delivery", ""))
        except WebhookError:
            refused = words().say(N_("接收地址已停用。请让系统对接人先启用，再重新投递。"))
            return _job_page(services, console, 409, refused=refused)
        return done(url_for("jobs"), "redelivered")


def _failed(services: ConsoleServices) -> int:
    """Return how much was given up that whoever is at the page can try again; none for others."""
    who = caller_or_nobody()
    if who is None or WORKERS.isdisjoint(who.roles):
        return 0
    return services.desk.work.failed(who)


def _job_page(services: ConsoleServices, console: Console, status: int = 200, refused: str | None = None) -> Response:
    return page(
        "console_jobs.html",
        status,
        work=services.desk.work.get(caller()),
        task_names={**console.kinds, **said.TASKS},
        message_names={**console.kinds, **said.MESSAGES},
        refused=refused,
    )
