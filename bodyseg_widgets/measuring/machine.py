"""What a computer is, as far as it decides how fast models are."""

from __future__ import annotations

import math
import os
import platform
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Machine", "this_machine"]

_PACKAGES: Final = (
    "bodyseg-widgets",
    "ai-edge-litert",
    "mediapipe",
    "onnxruntime",
    "numpy",
    "opencv-python-headless",
)
"""Those that decide how fast models are."""
_GIBIBYTE: Final = 2**30


@dataclass(frozen=True, slots=True)
class Machine:
    """A computer, and what runs on it. It has no names in it, neither of computer nor user.

    Attributes
    ----------
    processor : str
        Its name.
    cores : int
        How many this process may use, hyperthreads counted.
    memory : int
        Bytes of RAM; 0 if the system does not say.
    system : str
        Operating system and architecture.
    python : str
        The version of Python.
    packages : mapping of str to str
        The versions of the packages that run models, as far as they are installed.
    load : float
        How many processes ran or waited for a core, as a mean over the minute before; NaN if the
        system does not say. What others take is not there for models.
    """

    processor: str
    cores: int
    memory: int
    system: str
    python: str
    packages: Mapping[str, str]
    load: float

    def __str__(self) -> str:
        """Say it in a line."""
        memory = f"{self.memory / _GIBIBYTE:.1f} GiB RAM, " if self.memory else ""
        versions = ", ".join(f"{name} {version}" for name, version in self.packages.items())
        return (
            f"{self.processor}, {self.cores} {'core' if self.cores == 1 else 'cores'}, {memory}"
            f"{self.system}, Python {self.python}, {versions}"
        )


def this_machine() -> Machine:
    """Look at this computer.

    Examples
    --------
    >>> from bodyseg_widgets.measuring.machine import this_machine
    >>> machine = this_machine()
    >>> machine.cores >= 1, "numpy" in machine.packages
    (True, True)
    """
    packages = {}
    for name in _PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            packages[name] = metadata.version(name)
    return Machine(
        processor=_processor(),
        cores=_cores(),
        memory=_memory(),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        python=platform.python_version(),
        packages=packages,
        load=os.getloadavg()[0] if hasattr(os, "getloadavg") else math.nan,
    )


def _processor() -> str:
    name = ""
    if sys.platform == "linux":
        # Python's own answer is the architecture there.
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        name = next((line.partition(":")[2] for line in lines if line.startswith("model name")), "")
    elif sys.platform == "darwin":
        asked = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
        done = subprocess.run(asked, check=False, capture_output=True, text=True)  # noqa: S603
        name = done.stdout
    return name.strip() or platform.processor() or platform.machine()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory() -> int:
    if sys.platform == "win32":
        return _memory_of_windows()
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _memory_of_windows() -> int:
    import ctypes  # noqa: PLC0415 - of that system only

    kilobytes = ctypes.c_ulonglong()
    kernel = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined]  # there on Windows only
    known = kernel.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes))
    return kilobytes.value * 1024 if known else 0
