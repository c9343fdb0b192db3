"""Processor time that commands take beside a bare interpreter, and how long a hub takes until it is ready.

    python benchmarks/start_up.py [--rounds 9]

All are run turn about, on a store that is there and current. Medians are shown, and how many bare
interpreters each is.
"""

import argparse
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import defaultdict
from pathlib import Path

BARE = "python -c pass"
COMMANDS = {
    BARE: ("-c", "pass"),
    "axis --help": ("-m", "axis", "--help"),
    "axis token list": ("-m", "axis", "token", "list"),
    "axis token create": ("-m", "axis", "token", "create", "--auditor", "bench"),
    "axis agency list": ("-m", "axis", "agency", "list"),
    "nodes --help": ("-m", "nodes", "--help"),
}
FRAMEWORK = "bare FastAPI, until ready"
SERVE = "axis serve, until ready"
PORT = 18_731
PATIENCE_SECONDS = 60


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"AXIS_DATABASE_URL": f"sqlite:///{folder}/axis.db"}
        took: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
        for turn in range(rounds + 1):
            for name, arguments in COMMANDS.items():
                measured = command(arguments, environment)
                if turn:  # the first makes the store, and fills the caches
                    took[name].append(measured)
            for name, arguments, path in (
                (FRAMEWORK, ("-m", "benchmarks.framework_server", str(PORT)), "/"),
                (SERVE, ("-m", "axis", "serve", "--port", str(PORT)), "/readyz"),
            ):
                measured = serving(arguments, path, environment, Path(folder))
                if turn:
                    took[name].append(measured)
    print(f"load {os.getloadavg()[0]:.1f}, {rounds} rounds")
    print(f"{'':<26}{'CPU s':>8}{'of bare':>8}{'wall s':>8}")
    bare = statistics.median(processor for processor, _ in took[BARE])
    for name, pairs in took.items():
        processor, wall = (statistics.median(each) for each in zip(*pairs, strict=True))
        print(f"{name:<26}{processor:>8.3f}{processor / bare:>8.1f}{wall:>8.3f}")


def command(arguments: tuple[str, ...], environment: dict[str, str]) -> tuple[float, float]:
    """Run a command to its end; return its seconds of processor time and of waiting."""
    before, began = children(), time.perf_counter()
    subprocess.run([sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL, check=True)
    return children() - before, time.perf_counter() - began


def serving(
    arguments: tuple[str, ...], path: str, environment: dict[str, str], folder: Path
) -> tuple[float, float]:
    """Start a server, stop it once it is ready; return its seconds of processor time and until then."""
    before, began = children(), time.perf_counter()
    with (folder / "log").open("w") as log:
        hub = subprocess.Popen([sys.executable, *arguments], env=environment, stderr=log)
    try:
        while not is_ready(path):
            if hub.poll() is not None or time.perf_counter() - began > PATIENCE_SECONDS:
                sys.exit((folder / "log").read_text())
            time.sleep(0.01)
        waited = time.perf_counter() - began
    finally:
        hub.send_signal(signal.SIGTERM)
        hub.wait()
    return children() - before, waited


def is_ready(path: str) -> bool:
    """Ask the server."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def children() -> float:
    """Seconds of processor time of all children that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
