"""A guard below Python: a process that opens an internet socket is killed by the kernel.

Python's own hooks do not see what native libraries do, so this is a seccomp
filter on the system call ``socket``. It can be installed only, never removed,
and children inherit it: use it in a process of its own, with `run_guarded`.
"""

from __future__ import annotations

import ctypes
import platform
import signal
import socket
import subprocess
import sys
from pathlib import Path

KILLED = -getattr(signal, "SIGSYS", 31)

# linux/audit.h and the system call tables: architecture, number of `socket`.
_ARCHITECTURES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}

# linux/bpf_common.h, linux/seccomp.h, linux/prctl.h
_LOAD_WORD = 0x20
_JUMP_IF_EQUAL = 0x15
_RETURN = 0x06
_ALLOW = 0x7FFF0000
_KILL_PROCESS = 0x80000000
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
# struct seccomp_data: nr, arch, instruction_pointer (8 bytes), args
_AT_NUMBER, _AT_ARCHITECTURE, _AT_FIRST_ARGUMENT = 0, 4, 16


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("jump_true", ctypes.c_uint8),
        ("jump_false", ctypes.c_uint8),
        ("operand", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("first", ctypes.POINTER(_Instruction)))


def is_supported() -> bool:
    """Whether this machine can run the guard."""
    return sys.platform == "linux" and platform.machine() in _ARCHITECTURES


def forbid_internet_sockets() -> None:
    """From now on, kill this process when it opens an IPv4 or IPv6 socket."""
    architecture, socket_number = _ARCHITECTURES[platform.machine()]
    instructions = (
        (_LOAD_WORD, 0, 0, _AT_ARCHITECTURE),
        (_JUMP_IF_EQUAL, 0, 6, architecture),
        (_LOAD_WORD, 0, 0, _AT_NUMBER),
        (_JUMP_IF_EQUAL, 0, 3, socket_number),
        (_LOAD_WORD, 0, 0, _AT_FIRST_ARGUMENT),
        (_JUMP_IF_EQUAL, 2, 0, int(socket.AF_INET)),
        (_JUMP_IF_EQUAL, 1, 0, int(socket.AF_INET6)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _KILL_PROCESS),
    )
    array = (_Instruction * len(instructions))(*(_Instruction(*each) for each in instructions))
    program = _Program(len(instructions), array)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0
    ):
        raise OSError(ctypes.get_errno(), "the network guard could not be installed")


def run_guarded(code: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a new process under the guard; KILLED is its code if it opens a socket."""
    start = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from network_guard import forbid_internet_sockets\n"
        "forbid_internet_sockets()\n"
    )
    return subprocess.run(
        [sys.executable, "-c", start + code],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
