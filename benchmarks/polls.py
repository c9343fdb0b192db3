"""Processor time of the hub for a poll of the inbox and of events, empty and of 100 items, and for statuses.

    python -m benchmarks.polls [--requests 1500]

Beside them stands `/livez`, which does nothing: what framework and server cost alone.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import httpx

from benchmarks.documents import RECIPIENT, SENDER, post
from benchmarks.hubs import make_store, provision, serving
from benchmarks.load import drive

DOCUMENTS = 1_000
CODES = ("03", "04", "05", "06")
CONNECTIONS = (1, 16)


def hub_on(port: int) -> int:
    """Find the process that serves on a port, which is a child of this one."""
    for folder in Path("/proc").iterdir():
        line = folder / "cmdline"
        if folder.name.isdigit() and line.exists() and f"\0--port\0{port}\0".encode() in line.read_bytes():
            return int(folder.name)
    raise RuntimeError("no such process")


def processor_seconds(process: int) -> float:
    """Seconds of processor time that a process used."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_500)
    count = parser.parse_args().requests
    with tempfile.TemporaryDirectory(prefix="axis-bench-") as folder:
        store = make_store(Path(folder), None)
        with serving(store, commit=True) as (port, sandbox):
            process = hub_on(port)
            agencies = provision(
                store, sandbox, [{"code": code, "name": code} for code in (SENDER, RECIPIENT)]
            )
            sender, reader = str(agencies[SENDER]["token"]), str(agencies[RECIPIENT]["token"])
            drive(port, [post(sender, number, os.urandom(2_000), None) for number in range(DOCUMENTS)], 16)
            with httpx.Client(
                base_url=f"http://127.0.0.1:{port}",
                headers={"Authorization": f"Bearer {reader}"},
                trust_env=False,
                timeout=60,
            ) as client:
                page = client.get("/v1/inbox", params={"limit": DOCUMENTS}).json()

                def spent(work: Callable[[], object], number: int) -> float:
                    before = processor_seconds(process)
                    work()
                    return (processor_seconds(process) - before) / number * 1_000

                paths = {
                    "/livez": "/livez",
                    "inbox, empty": f"/v1/inbox?after={page['next']}",
                    "events, empty": "/v1/events?after=999999",
                    "inbox, 100 items": "/v1/inbox?limit=100",
                }
                for connections in CONNECTIONS:
                    for name, path in paths.items():
                        request = (
                            f"GET {path} HTTP/1.1\r\nHost: axis\r\nAuthorization: Bearer {reader}\r\n\r\n"
                        )
                        requests = [request.encode()] * count
                        drive(port, requests[:100], connections)
                        each = spent(lambda: drive(port, requests, connections), count)  # noqa: B023 - at once
                        print(f"{name:<18}{connections:>3} connections {each:>7.3f} ms")
                for code in CODES:
                    given = [{"delivery": item["id"], "code": code} for item in page["items"]]
                    body = json.dumps(given).encode()
                    headers = {"Content-Type": "application/json"}
                    each = spent(
                        lambda: client.post("/v1/statuses", content=body, headers=headers),  # noqa: B023
                        len(given),
                    )
                    print(f"status {code} of {len(given)} at once{'':<6}{each:>7.3f} ms")
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
