"""Find files to read, and write files completely or not at all.

Paths as users give them become absolute ones here (:func:`given_path`, :func:`existing_file`), and
every file that is written is first a **part file**: hidden, in the folder of the one it becomes,
with a name of its own (:func:`part_of`, :func:`written_whole`).
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import sys
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bodyseg_widgets.errors import (
    BodySegError,
    ExistingFileError,
    InvalidOptionError,
    SourceError,
    UnwritableFileError,
    reason,
)
from bodyseg_widgets.in_page import RUNS_IN_PAGE

_HAS_LOCKS: Final = sys.platform != "win32" and not RUNS_IN_PAGE

if _HAS_LOCKS:
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "PartFile",
    "begun_part_of",
    "check_free",
    "check_target",
    "existing_file",
    "given_path",
    "move",
    "numbered",
    "part_of",
    "shortened",
    "why_unwritten",
    "without_credentials",
    "written_whole",
]

MAX_NAME = 255
"""Longest name of a file, in bytes, that usual file systems accept."""

_PART = ".bodyseg-part"
_BEGUN = ".bodyseg-begun"
_MAX_SHOWN = 160
_QUERY = re.compile(r"[?#]")
_PASSWORD = re.compile(r"[^/?#@]*:(?!\d*([/?#]|$))[^\[]")
"""A host is followed by a port, and a name by a password. (An IPv6 address is in brackets.)"""

_ADVICE = {
    errno.ENOSPC: "Free some space, or choose another folder",
    errno.EDQUOT: "Free some of your space, or choose another folder",
    errno.EFBIG: "The disk, or a limit of this system, takes no file of that size: choose another "
    "folder",
    errno.EROFS: "Choose another folder",
    errno.EACCES: "Choose another folder, or change its permissions",
    errno.EPERM: "Choose another folder, or change its permissions",
    errno.ENAMETOOLONG: "Choose a shorter name",
    errno.ENOENT: "Was the folder removed? Choose another one",
    errno.EIO: "Is the disk still connected? Choose another folder",
}


def given_path(path: str | os.PathLike[str], *, refusal: type[BodySegError] = SourceError) -> Path:
    """Return a path as a user gave it, as an absolute one.

    Parameters
    ----------
    path : str or os.PathLike
        ``~`` is the home folder, and ``~name`` that of a user of this name. Where there is no such
        user, the path is taken as it is, because files may be called so.
    refusal : type
        The error to raise.

    Raises
    ------
    BodySegError
        Of type `refusal`: it is not text, has a NUL character in it, or is relative and the working
        folder is gone.

    Examples
    --------
    >>> from bodyseg_widgets.files import given_path
    >>> given_path("~copy.jpg").name, given_path("~/a.jpg").name
    ('~copy.jpg', 'a.jpg')
    """
    try:
        text = os.fspath(path)
    except TypeError as error:
        given = type(path).__name__
        raise refusal(f"Expect a path as text, such as 'clip.mp4', but got {given}.") from error
    if not isinstance(text, str):
        raise refusal(f"Expect a path as text, but got {type(text).__name__}: decode it first.")
    if "\0" in text:
        raise refusal(
            f"{text!r} has a NUL character in it, which no system accepts in a path. Remove it."
        )
    try:
        # Not Path.expanduser, which raises an error for `~name` where there is no such user.
        return Path(os.path.expanduser(text)).absolute()  # noqa: PTH111
    except FileNotFoundError as error:
        raise refusal(
            f"{text!r} cannot be looked up: the working folder was removed. Change to another one "
            "with os.chdir(), or give the whole path."
        ) from error


def existing_file(
    path: str | os.PathLike[str], *, refusal: type[BodySegError] = SourceError
) -> Path:
    """Find a nonempty file.

    Parameters
    ----------
    path : str or os.PathLike
        As for :func:`given_path`.
    refusal : type
        The error to raise.

    Raises
    ------
    BodySegError
        Of type `refusal`: the file does not exist, is empty, may not be read, or is something else:
        a folder, device or pipe.

    Examples
    --------
    >>> from bodyseg_widgets.files import existing_file
    >>> existing_file(__file__).name
    'files.py'
    """
    file = given_path(path, refusal=refusal)
    try:
        found = file.stat()
        if not stat.S_ISREG(found.st_mode):
            inside = " in it" if stat.S_ISDIR(found.st_mode) else ""
            raise refusal(f"{os.fspath(path)!r} is {_kind_of(found)}. Choose a file{inside}.")
        # A file of this user may still be locked against reading.
        with file.open("rb"):
            pass
    except (FileNotFoundError, NotADirectoryError) as error:
        looked = "" if Path(path).is_absolute() else f" (looked in {str(Path.cwd())!r})"
        raise refusal(f"There is no file {os.fspath(path)!r}{looked}. Check the path.") from error
    # ValueError: text that is no Unicode.
    except (OSError, ValueError) as error:
        raise refusal(
            f"The file {str(file)!r} cannot be read: {reason(error)}. Check its name and its "
            "permissions."
        ) from error
    if not found.st_size:
        raise refusal(f"The file {str(file)!r} is empty: it has 0 bytes. Record or copy it again.")
    return file


def check_target(
    path: Path, *, overwrite: bool, refusal: type[BodySegError] = InvalidOptionError
) -> None:
    """Raise an error if no file can be written to a path, before doing any work.

    Parameters
    ----------
    path : Path
        The file to write.
    overwrite : bool
        Whether to replace an existing file.
    refusal : type
        The error to raise if the path itself is invalid.

    Raises
    ------
    BodySegError
        Of type `refusal`: the folder does not exist or cannot be written to, or the system does not
        accept the name.
    ExistingFileError
        As :func:`check_free`.
    """
    path = _behind_links(path)
    folder = path.parent
    try:
        # A name may be too long, or a folder not accessible to this user.
        with suppress(FileNotFoundError, NotADirectoryError):
            path.stat()
    except OSError as error:
        raise refusal(
            f"{str(path)!r} cannot be created: {reason(error)}. Choose another path."
        ) from error
    if not folder.is_dir():
        raise refusal(
            f"The folder {str(folder)!r} of {path.name!r} does not exist. Create it, or choose "
            "another path."
        )
    if not os.access(folder, os.W_OK):
        raise refusal(
            f"The folder {str(folder)!r} cannot be written to, so {path.name!r} cannot be created "
            "there. Choose another path."
        )
    check_free(path, overwrite=overwrite)


def check_free(path: Path, *, overwrite: bool) -> None:
    """Raise an error rather than replace what is not a file, or a file without `overwrite`.

    Raises
    ------
    ExistingFileError
        The file exists and `overwrite` is False, or it is a folder, device or pipe.
    """
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return
    if not stat.S_ISREG(found.st_mode):
        raise ExistingFileError(path, kind=_kind_of(found))
    if not overwrite:
        raise ExistingFileError(path)


class PartFile:
    """A file that is being written, under a name of its own.

    Attributes
    ----------
    path : Path
        Where to write.
    """

    def __init__(self, path: Path, target: Path, lock: int, *, stays: bool = False) -> None:
        self.path = path
        self._stays = stays
        self._target = target
        self._lock: int | None = lock
        self._placed = False

    def place(self, *, overwrite: bool) -> None:
        """Put the file where it belongs, now that it is whole, and for good: it survives a crash.

        Raises
        ------
        ExistingFileError
            Another file is there, and `overwrite` is False.
        OSError
            It cannot be moved there, or the disk does not take the last of it.
        """
        self._put(self._target, overwrite=overwrite)

    def place_beside(self) -> Path:
        """Put the file where it belongs, under a name with a number if that is taken.

        Returns
        -------
        Path
            Where it is.

        Raises
        ------
        OSError
            As for `place`.
        """
        names = numbered(self._target)
        while True:
            path = next(names)
            with suppress(ExistingFileError):
                self._put(path, overwrite=False)
                return path

    def forget(self) -> None:
        """Have it removed at the end, also if it was to be continued another time."""
        self._stays = False

    def close(self) -> None:
        """Remove the file, unless it was put where it belongs or is to be continued."""
        if not self._placed and not self._stays:
            # If it cannot be removed, the next write to its folder tries again.
            with suppress(OSError):
                self._unlock_to_move()
                self.path.unlink()
        self._unlock()

    def _put(self, target: Path, *, overwrite: bool) -> None:
        with self.path.open("r+b") as file:
            os.fsync(file.fileno())
        self._unlock_to_move()
        move(self.path, target, overwrite=overwrite)
        self._placed = True

    def _unlock_to_move(self) -> None:
        # Windows neither moves nor removes open files.
        if sys.platform == "win32":
            self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


@contextmanager
def part_of(path: Path) -> Iterator[PartFile]:
    """Begin a file, in the folder of the one that it becomes; it is removed unless it is placed.

    A link is followed: the file that it leads to is written. Parts that killed processes left in
    the folder are removed.

    Parameters
    ----------
    path : Path
        The file to write, of which :func:`check_target` approved.

    Raises
    ------
    OSError
        No file can be made there.
    """
    target = _behind_links(path)
    _remove_leftovers(target.parent)
    part = _new_part(target)
    try:
        yield part
    finally:
        part.close()


@contextmanager
def begun_part_of(path: Path) -> Iterator[PartFile]:
    """Begin a file, or continue one that was begun before; it stays until it is placed.

    Parameters
    ----------
    path : Path
        The file to write, in an existing folder. An existing one stays until it is replaced.

    Raises
    ------
    BlockingIOError
        Another one is writing it at this moment.
    OSError
        No file can be made there.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from bodyseg_widgets.files import begun_part_of
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for _ in range(2):
    ...         with begun_part_of(Path(folder) / "a.bin") as part:
    ...             with part.path.open("ab") as file:
    ...                 _ = file.write(b"more")
    ...             part.path.stat().st_size
    4
    8
    """
    part = _old_or_new_part(path)
    try:
        yield part
    finally:
        part.close()


@contextmanager
def written_whole(
    path: Path, *, overwrite: bool, refusal: type[BodySegError] = InvalidOptionError
) -> Iterator[Path]:
    """Yield the path of a temporary file, which replaces `path` at the end.

    If the context raises, the temporary file is removed, and `path` is unchanged. Of several who
    write one path without `overwrite`, one succeeds and the others get an error; with it, the last
    one's file stays, whole.

    Parameters
    ----------
    path : Path
        The file to write. Where it is a link, the file that it leads to is written.
    overwrite : bool
        Whether to replace an existing file.
    refusal : type
        The error to raise if the path itself is invalid.

    Raises
    ------
    BodySegError
        Of type `refusal`: the folder does not exist or cannot be written to.
    ExistingFileError
        The file exists and `overwrite` is False, even if it was created in the meantime.
    UnwritableFileError
        The system did not write it; the message says why.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from bodyseg_widgets.files import written_whole
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.txt"
    ...     with written_whole(path, overwrite=False) as part:
    ...         _ = part.write_text("all of it")
    ...     path.read_text()
    'all of it'
    """
    check_target(path, overwrite=overwrite, refusal=refusal)
    try:
        with part_of(path) as part:
            yield part.path
            part.place(overwrite=overwrite)
    except OSError as error:
        # Errors of this package already say all.
        if isinstance(error, BodySegError):
            raise
        raise UnwritableFileError(
            f"{str(path)!r} could not be written: {why_unwritten(error)}. Nothing of it was kept."
        ) from error


def move(path: Path, target: Path, *, overwrite: bool) -> None:
    """Give a file that is whole another name in its folder, which survives a crash.

    Parameters
    ----------
    path : Path
        The file.
    target : Path
        Its new name.
    overwrite : bool
        Whether to replace an existing file, whose permissions the new one gets.

    Raises
    ------
    ExistingFileError
        As :func:`check_free`.
    OSError
        It cannot be moved there.
    """
    check_free(target, overwrite=overwrite)
    if overwrite:
        with suppress(FileNotFoundError):
            path.chmod(stat.S_IMODE(target.stat().st_mode))
        path.replace(target)
    else:
        _move_to_free_name(path, target)
    _make_durable(target.parent)


def why_unwritten(error: Exception) -> str:
    """Say why a file could not be written, and what to do.

    Examples
    --------
    >>> import errno
    >>> from bodyseg_widgets.files import why_unwritten
    >>> why_unwritten(OSError(errno.ENOSPC, "No space left on device", "film.mp4"))
    'No space left on device. Free some space, or choose another folder'
    """
    advice = _ADVICE.get(getattr(error, "errno", None) or 0)
    return reason(error).rstrip(".") + (f". {advice}" if advice else "")


def shortened(name: str, most: int = MAX_NAME) -> str:
    """Return a file's name, shortened to a number of bytes; its extension stays.

    Examples
    --------
    >>> from bodyseg_widgets.files import shortened
    >>> shortened("a long name.mp4", 10), shortened("ééé.mp4", 9)
    ('a long.mp4', 'éé.mp4')
    """
    given = Path(name)
    suffix = given.suffix if len(os.fsencode(given.suffix)) <= most // 2 else ""
    stem = os.fsencode(name.removesuffix(suffix))[: most - len(os.fsencode(suffix))]
    # Cut between characters, which may have several bytes.
    return stem.decode(errors="ignore") + suffix


def without_credentials(address: str) -> str:
    """Return a URL for messages: without name, password and query, which may be secret, and short.

    Examples
    --------
    >>> from bodyseg_widgets.files import without_credentials
    >>> without_credentials("https://me:secret@example.org/clip.mp4?key=42")
    'https://example.org/clip.mp4?…'
    """
    scheme, separator, rest = address.strip().partition("://")
    if not separator:
        scheme, rest = "", scheme
    before_query = _QUERY.split(rest, maxsplit=1)[0]
    query = rest[len(before_query) :]
    # A password that was not escaped may have any character in it.
    if _PASSWORD.match(rest):
        if "@" in query:
            return f"{scheme}{separator}…"
        before_query = before_query.rpartition("@")[2]
    else:
        host, slash, path = before_query.partition("/")
        before_query = host.rpartition("@")[2] + slash + path
    shown = before_query + ("?…" if query else "")
    if len(shown) > _MAX_SHOWN:
        shown = f"{shown[: _MAX_SHOWN // 2]}…{shown[-_MAX_SHOWN // 2 :]}"
    return f"{scheme}{separator}{shown}"


def numbered(path: Path) -> Iterator[Path]:
    """Yield `path`, then names like it with a number, without end.

    Examples
    --------
    >>> from itertools import islice
    >>> from pathlib import Path
    >>> from bodyseg_widgets.files import numbered
    >>> [each.name for each in islice(numbered(Path("a.mp4")), 3)]
    ['a.mp4', 'a (2).mp4', 'a (3).mp4']
    """
    yield path
    for number in count(2):
        addition = f" ({number})"
        stem = shortened(path.stem, MAX_NAME - len(addition) - len(os.fsencode(path.suffix)))
        yield path.with_name(f"{stem}{addition}{path.suffix}")


def _kind_of(found: os.stat_result) -> str:
    kinds = (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    )
    return next((name for test, name in kinds if test(found.st_mode)), "not a file")


def _behind_links(path: Path) -> Path:
    # Unlike those of Path, these take any path; looking there afterward says what is wrong with it.
    return Path(os.path.realpath(path)) if os.path.islink(path) else path  # noqa: PTH114


def _new_part(target: Path) -> PartFile:
    while True:
        token = f"-{secrets.token_hex(4)}{_PART}"
        path = target.with_name(f".{shortened(target.name, MAX_NAME - len(token) - 1)}{token}")
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0)
        lock = os.open(path, flags, 0o666)
        # Who removes leftovers may have taken it for one before it was locked.
        if _try_to_lock(lock) and os.fstat(lock).st_nlink:
            return PartFile(path, target, lock)
        os.close(lock)


def _old_or_new_part(target: Path) -> PartFile:
    path = target.with_name(f".{shortened(target.name, MAX_NAME - len(_BEGUN) - 1)}{_BEGUN}")
    flags = os.O_CREAT | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    while True:
        lock = os.open(path, flags, 0o666)
        if not _try_to_lock(lock):
            os.close(lock)
            raise BlockingIOError(errno.EAGAIN, "Another program is writing this file", str(path))
        # Who had it may have placed or removed it before it was locked.
        with suppress(FileNotFoundError):
            if os.path.samestat(path.stat(), os.fstat(lock)):
                return PartFile(path, target, lock, stays=True)
        os.close(lock)


def _try_to_lock(descriptor: int) -> bool:
    """Lock a part, until its descriptor is closed or the process ends; False if another has it."""
    if not _HAS_LOCKS:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        # A network's disk without locks: its parts are never taken for leftovers.
        if error.errno not in {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS}:
            raise
    return True


def _remove_leftovers(folder: Path) -> None:
    """Remove parts of killed processes: those that nobody has locked."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") and entry.name.endswith(_PART):
                _remove_leftover(Path(entry.path))


def _remove_leftover(part: Path) -> None:
    # What is not this user's, or already gone, is not this user's to remove.
    with suppress(OSError):
        if sys.platform == "win32":
            # Where parts cannot be locked, open ones cannot be removed.
            part.unlink()
        if not _HAS_LOCKS:
            return
        descriptor = os.open(part, os.O_RDWR | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink()
        finally:
            os.close(descriptor)


def _move_to_free_name(path: Path, target: Path) -> None:
    try:
        # Renaming would replace a file that another process has made since it was looked for.
        os.link(path, target)
    except FileExistsError as error:
        raise ExistingFileError(target) from error
    except (OSError, NotImplementedError):
        # A disk without links, such as a memory card's. The name is taken before it is moved there,
        # so that no file of another process is replaced.
        try:
            target.touch(exist_ok=False)
        except FileExistsError as error:
            raise ExistingFileError(target) from error
        path.replace(target)
    else:
        # The new name is there. If the other one stays, the next write to the folder removes it.
        with suppress(OSError):
            path.unlink()


def _make_durable(folder: Path) -> None:
    """Have the disk remember a new name. Windows does so by itself."""
    if sys.platform == "win32":
        return
    # Some network file systems refuse it, and keep the name anyway.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
