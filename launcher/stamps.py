"""What has been done already is remembered as a hash of what it was done with; another hash, and it is done again."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(*texts: str, files: Iterable[Path] = ()) -> str:
    """One hash (hex) of texts and of the names and contents of files; it changes when any of them does."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode() + b"\0")
    for file in sorted(files):
        digest.update(str(file).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


class Stamp:
    """A small file that holds the fingerprint of the last run that came to its end."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def says(self, wanted: str) -> bool:
        """Whether the work was done, to the end, with exactly this fingerprint."""
        return self.path.is_file() and self.path.read_text() == wanted

    def clear(self) -> None:
        """Forget it: before the work begins, so that an interrupted run leaves no stamp."""
        self.path.unlink(missing_ok=True)

    def set(self, done: str) -> None:
        """Remember it: after the work has ended."""
        self.path.write_text(done)
