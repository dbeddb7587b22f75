"""The memory of a process that has loaded what it needs and runs many threads."""

import gc
import subprocess
import sys

import pytest

from esign.infra.process_memory import loading

SETTLED = """
import gc
from esign.infra.process_memory import settle
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


SHARED = """
import ctypes, re, tempfile, threading
from esign.infra.process_memory import share_arenas
share_arenas()
c = ctypes.CDLL(None)
c.malloc.restype, c.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
c.fopen.restype, c.fopen.argtypes = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_char_p]
c.fclose.argtypes, c.malloc_info.argtypes = [ctypes.c_void_p], [ctypes.c_int, ctypes.c_void_p]
together = threading.Barrier(16)
def allocate():
    together.wait()
    assert c.malloc(10_000)
    together.wait()
threads = [threading.Thread(target=allocate) for _ in range(16)]
for thread in threads: thread.start()
for thread in threads: thread.join()
with tempfile.NamedTemporaryFile() as told:
    stream = c.fopen(told.name.encode(), b"w")
    assert c.malloc_info(0, stream) == 0
    c.fclose(stream)
    arenas = re.findall(rb"<heap nr=", told.read())
assert len(arenas) <= 2, f"{len(arenas)} arenas"
"""


def test_many_threads_share_few_arenas() -> None:
    subprocess.run([sys.executable, "-c", SHARED], check=True)


def test_nothing_is_collected_while_modules_are_loaded_and_afterwards_it_is_again() -> None:
    with pytest.raises(ImportError, match="no such module"), loading():
        assert not gc.isenabled()
        raise ImportError("no such module")
    assert gc.isenabled()
