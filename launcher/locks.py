"""One process at a time: a lock on a file, which the system releases when its holder ends, however it ends."""

import sys
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> None:
        file.seek(1 << 20)  # far behind the text: a locked byte cannot be read by others there
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)
else:
    import fcntl

    def _lock(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FolderLock:
    """Held from `take()` until `release()` or the end of the process; its text tells others who holds it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._file: IO[str] | None = None

    def take(self) -> bool:
        """Whether this process holds the lock now; False when another one does."""
        file = self._path.open("a+")
        try:
            _lock(file)
        except OSError:
            file.close()
            return False
        self._file = file
        self.note("")
        return True

    def release(self) -> None:
        """Let others have it before this process ends."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def note(self, text: str) -> None:
        """Leave `text` for whoever finds the lock taken."""
        if self._file is None:
            raise RuntimeError("take() comes first")
        self._file.seek(0)
        self._file.truncate()
        self._file.write(text)
        self._file.flush()

    def holders_note(self) -> str:
        """What the process that holds the lock has left."""
        return self._path.read_text()
