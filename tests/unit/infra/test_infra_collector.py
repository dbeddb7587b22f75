"""The collector in a process that has loaded what it needs."""

import subprocess
import sys

SETTLED = """
import gc
from esign.infra.collector import settle
class Ring:
    def __init__(self):
        self.own = self
frozen_before = gc.get_freeze_count()
settle()
assert gc.get_freeze_count() > frozen_before + 1000, "what was loaded is looked at again"
seen = []
gc.callbacks.append(lambda phase, told: seen.append(told["collected"]) if phase == "stop" else None)
for _ in range(30_000):
    Ring()
assert sum(seen) > 10_000, "rings that nobody reaches are kept"
assert len(seen) < 10, "it collects as often as before"
"""


def test_what_was_loaded_is_left_alone_and_rings_are_still_collected() -> None:
    subprocess.run([sys.executable, "-c", SETTLED], check=True)
