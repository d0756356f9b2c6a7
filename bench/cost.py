"""What work costs that is done in this process and in those that it starts."""

import resource
import threading
import time
from typing import Self

import psutil


class Cost:
    """Of a block: its time, the processors' time, and memory at its highest.

    Memory is what the processes that are started have that is not shared (USS), added up, sampled
    twice a second.
    """

    def __init__(self) -> None:
        self.seconds = self.cpu_s = 0.0
        self.peak_bytes = 0
        self._began = time.monotonic()
        self._ended = threading.Event()
        self._sampler = threading.Thread(target=self._sample)

    def __enter__(self) -> Self:
        self._began, self.cpu_s = time.monotonic(), -_cpu_s()
        self._sampler.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = self.so_far_s()
        self.cpu_s += _cpu_s()
        self._ended.set()
        self._sampler.join()

    def so_far_s(self) -> float:
        """The time since the block began."""
        return time.monotonic() - self._began

    def _sample(self) -> None:
        while not self._ended.wait(0.5):
            total = 0
            for child in psutil.Process().children():
                try:
                    total += child.memory_full_info().uss
                except psutil.Error:
                    continue
            self.peak_bytes = max(self.peak_bytes, total)


def _cpu_s() -> float:
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
