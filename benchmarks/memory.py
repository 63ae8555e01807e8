"""How much memory `make demo` takes: the sum of PSS over demo.py and everything that it started, after each page was asked for once."""

import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from benchmarks.process_tree import command, descendants, environment, pss_mb
from launcher.local_settings import read_dotenv

ROOT = Path(__file__).resolve().parent.parent
LIMIT_MB = 500


def main() -> None:
    """Start the demo, use it a little, print a table, stop the demo."""
    demo = subprocess.Popen([sys.executable, "demo.py"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        _wait_for_url(demo)
        tree = descendants(demo.pid)
        print(f"idle:           {sum(map(pss_mb, tree)):6.1f} MB in {len(tree)} processes")
        _use_it()
        figures = [(pss_mb(pid), environment(pid).get("SERVICE", "demo.py"), command(pid)) for pid in tree]
        print(f"after some use: {sum(mb for mb, _, _ in figures):6.1f} MB (the limit is {LIMIT_MB})")
        for mb, service, line in figures:
            print(f"{mb:8.1f} MB  {service:<22} {re.sub(r'.*/', '', line)[:60]}")
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(30)


def _wait_for_url(demo: "subprocess.Popen[str]") -> None:
    said = []
    for line in demo.stdout or ():
        said.append(line)
        if line.startswith("Open http"):
            return
    raise SystemExit("The demo did not start:\n" + "".join(said))


def _use_it() -> None:
    """Both stories, and each API's description, which is what loads the most code."""
    for flow in ("authorize", "client-credentials"):
        subprocess.run([sys.executable, "manage.py", "run_flow", flow], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    addresses = {**read_dotenv(ROOT / "var" / "demo.env"), **os.environ}
    for url in (
        f"{addresses['DEMO_CLIENT_URL']}/",
        f"{addresses['CALENDAR_API_URL']}/calendar/v1/schema",
        f"{addresses['GEOCODING_API_URL']}/geocoding/v1/schema",
        f"{addresses['ISSUER']}login",
    ):
        try:
            urllib.request.urlopen(url).read()  # noqa: S310 - addresses of our own
        except urllib.error.HTTPError as error:
            print(f"{url}: {error.code}")


if __name__ == "__main__":
    main()
