"""`make bench`: every benchmark of this folder, one after the other, each in a process of its own so that none warms another."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NOT_BENCHMARKS = {"__init__", "__main__", "process_tree", "issuer_settings", "calendar_settings", "geocoding_truth"}


def main() -> int:
    """Run `python -m benchmarks.<name>` for each; the number of those that failed."""
    failed = 0
    for name in sorted(path.stem for path in HERE.glob("*.py")):
        if name not in NOT_BENCHMARKS:
            print(f"== {name} ==", flush=True)
            failed += subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=HERE.parent, check=False).returncode != 0
            print(flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
