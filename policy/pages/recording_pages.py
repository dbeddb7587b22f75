"""Pages for reviewers: the recordings of sales (双录) that nobody reviewed yet, and one with its checklist.

Who reviews holds no post in sales (保监发〔2017〕54号), so that supervisors of salespeople do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from esign.public.console import N_, Entry, Role, RoomConsole, caller, done, only, page, words
from policy.errors import PolicyRefused
from policy.pages.saying import person_called, said_of, status_of, text_of
from policy.service.office import Office
from policy.service.recordings import Fault, Recordings

HERE: Final = "/console/policy/recordings"
ROLES: Final = frozenset({Role.COMPLIANCE, Role.OPERATIONS})
ENTRIES: Final = (Entry(N_("双录质检"), "policy_recordings", N_("还没有质检的录音录像"), ROLES),)
SENTENCES: Final = {
    "policy-recording-passed": N_("质检通过，已记录。"),
    "policy-recording-failed": N_("已记录为不通过，请销售人员重新录制。"),
}
FAULTS: Final[Mapping[Fault, str]] = {
    Fault.PICTURE: N_("画面看不清"),
    Fault.SOUND: N_("声音听不清"),
    Fault.PERSON: N_("该出镜的人没有出镜"),
    Fault.ITEMS: N_("清单上有项目没有做到"),
    Fault.OTHER_SALE: N_("录的不是这份投保单"),
    Fault.CUT: N_("录制中断或经过剪辑"),
}


def declare(console: RoomConsole, office: Office) -> None:
    """Declare them."""
    recordings = Recordings(office)
    to = only(*ROLES)

    @console.page("/recordings", to=to)
    def policy_recordings() -> Response:
        return page("policy_recordings.html", lines=recordings.waiting(caller()), text=text_of)

    console.count("policy_recordings", lambda: recordings.count(caller()))

    @console.page("/recordings/<recording>", to=to)
    def policy_recording(recording: str) -> Response:
        return _shown(office, recordings, recording)

    @console.form("/recordings/<recording>/review", to=to)
    def policy_review(recording: str) -> AnyResponse:
        verdict = request.form.get("verdict", "")
        faults = [Fault(one) for one in request.form.getlist("fault") if one in set(Fault)]
        if verdict not in ("passed", "failed"):
            return _shown(office, recordings, recording, words().say(N_("还没有选结论。请选一项。")), 422)
        if verdict == "failed" and not faults:
            said = words().say(N_("不通过要选至少一项原因，销售人员要照着改。"))
            return _shown(office, recordings, recording, said, 422)
        passed = verdict == "passed"
        try:
            recordings.review(caller(), recording, passed=passed, faults=() if passed else faults)
        except PolicyRefused as refused:
            if status_of(refused) == 404:
                raise
            return _shown(office, recordings, recording, said_of(refused), status_of(refused))
        return done(f"{HERE}/{recording}", f"policy-recording-{verdict}")


def _shown(
    office: Office, recordings: Recordings, recording: str, said: str | None = None, status: int = 200
) -> Response:
    one = recordings.one(caller(), recording)
    return page(
        "policy_recording.html",
        status,
        one=one,
        said=said,
        typed=request.form,
        faults=FAULTS,
        text=text_of,
        salesperson=person_called(office, one.recording.by),
        reviewer=None if one.reviewed_by is None else person_called(office, one.reviewed_by),
    )
