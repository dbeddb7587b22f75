"""What approvals lead to that are used up at the machine: what would happen, and the command to run there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from esign.staff.approvals import ApprovalFacts
from esign.staff.domain.roles import ApprovalKind
from esign.web.rendering import words
from esign.web.words import N_


@dataclass(frozen=True)
class MachineAct:
    """`would` says what would happen, in messages; `command` is what is run, `{subject}` and `{approval}` in place."""

    would: tuple[str, ...]
    command: str

    def sentences(self) -> Sequence[str]:
        """Return what would happen, in the language of the request."""
        return [words().say(one) for one in (*self.would, _AT_THE_MACHINE)]

    def parts(self, facts: ApprovalFacts) -> Sequence[str]:
        """Return the command for this approval, an option with its value in one piece: no line breaks within it.

        Words in capitals are for whoever runs it to fill in.
        """
        line = self.command.format(subject=facts.approval.subject, approval=facts.id)
        first, *options = line.split(" --")
        return [*first.rsplit(" ", 1 if facts.approval.subject in first else 0), *(f"--{one}" for one in options)]

    def to_fill_in(self) -> Sequence[str]:
        """Return what the words in capitals stand for, in the language of the request."""
        return [words().say(told) for word, told in _FILLED_IN.items() if word in self.command]


_FILLED_IN: Final[Mapping[str, str]] = {
    "CODE": N_("CODE 换成原因的代码，例如 court-request。"),
    "FILE": N_("FILE 换成要写的文件名，例如 case.envelope-key.cms。"),
}
_AT_THE_MACHINE: Final = N_("由运维人员在服务器上用这项审批办理，只能一次；账本里写明谁申请、谁同意。")
MACHINE_ACTS: Final[Mapping[ApprovalKind, MachineAct]] = {
    ApprovalKind.EVIDENCE_ERASURE: MachineAct(
        (
            N_("永远删除这个信封的全部签署证据，不论是否到期：笔迹、照片、设备和身份资料、姓名和电话。"),
            N_("签名仍然有效，可以验证；删除之后不能恢复。"),
        ),
        "esign evidence erase {subject} --reason CODE --approval {approval}",
    ),
    ApprovalKind.ENVELOPE_KEY: MachineAct(
        (N_("交出这个信封的密钥：和保管人自己的密钥一起，可以在别处打开密封的证据。"),),
        "esign evidence key {subject} --out FILE --reason CODE --approval {approval}",
    ),
    ApprovalKind.RETENTION_RULES: MachineAct(
        (N_("设为自动删除时，系统每小时按这一份规则删除到期的内容，不再逐一申请。"),),
        "esign retention agree --approval {approval}",
    ),
}
"""By kind. Kinds that are not here are carried out in the console."""
