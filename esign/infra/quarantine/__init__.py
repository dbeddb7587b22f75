"""Runs tasks on hostile files in processes without keys, database, files or network, under limits (SECURITY.md).

A zygote, a fresh interpreter with an empty environment, loads the libraries once and forks children that read the
files: one child for each, or one for several of the same origin.
"""

from esign.infra.quarantine.apart import QuarantineWithApart
from esign.infra.quarantine.confinement import Confinement
from esign.infra.quarantine.errors import QuarantineFailed, QuarantineUnavailable
from esign.infra.quarantine.in_process import InProcessQuarantine
from esign.infra.quarantine.limits import QuarantineLimits, TaskBounds
from esign.infra.quarantine.port import Answer, FileTask, OpenedFile, Quarantine, Task, TaskRunner, TaskTable
from esign.infra.quarantine.process import ProcessQuarantine, start_quarantine

__all__ = [
    "Answer",
    "Confinement",
    "FileTask",
    "InProcessQuarantine",
    "OpenedFile",
    "ProcessQuarantine",
    "Quarantine",
    "QuarantineFailed",
    "QuarantineLimits",
    "QuarantineUnavailable",
    "QuarantineWithApart",
    "Task",
    "TaskBounds",
    "TaskRunner",
    "TaskTable",
    "start_quarantine",
]
