"""Reads files, and replaces them atomically: a reader finds the old file or the new one, never a part."""

import os
import stat
import tempfile
from pathlib import Path

from autograd_lite.internal import quote, shorten


def read_bytes(path: str | os.PathLike[str], most: int = -1) -> bytes:
    """The content of a file, at most its first ``most`` bytes. Raises OSError, which says why in one sentence."""
    try:
        with Path(path).open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise type(error)(f"cannot read {shorten(os.fspath(path))}: {error.strerror}; name another file") from None


def write_text(path: str | os.PathLike[str], text: str) -> Path:
    """Write ``text`` to ``path`` in UTF-8, as ``write_bytes`` does.

    Raises:
        OSError: as ``write_bytes`` does; ValueError: the text has characters that UTF-8 cannot encode.
    """
    try:
        content = text.encode()
    except UnicodeEncodeError as error:
        character = error.object[error.start]
        raise ValueError(f"the text for {shorten(str(path))} has a character that UTF-8 cannot hold: "
                         f"{quote(character)}") from None
    return write_bytes(path, content)


def write_bytes(path: str | os.PathLike[str], content: bytes) -> Path:
    """Write ``content`` to ``path`` atomically: if anything fails, the old file remains.

    Links are followed and permissions kept. A device or a pipe is written to directly.

    Raises:
        OSError: the file cannot be written; says why in one sentence.
    """
    target = Path(path)
    try:
        _write(Path(os.path.realpath(target)), content)
    except OSError as error:
        raise type(error)(f"cannot write {shorten(str(target))}: {error.strerror}; name another file") from None
    return target


def _write(target: Path, content: bytes) -> None:
    if target.is_dir():
        raise IsADirectoryError(None, "it is a folder")
    if target.exists() and not target.is_file():
        target.write_bytes(content)
        return
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask()
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
