"""A hub under load for long: at four fifths of its peak, all is accepted and its memory stays flat."""

import os
from pathlib import Path
from statistics import median

import pytest
from support.effort import FACTOR, times
from support.hub import HubProcess, running_hub

from benchmarks.steady_load import AS_FAST_AS_ANSWERED, SteadyLoad

SECONDS = times(36)
"""Half an hour in `make soak`; a little more than a minute with `SOAK=2`."""
PEAK_SECONDS = 5
LOAD = 0.8
SENDER, RECIPIENT = "000.00.00.H62", "000.00.00.G22"
GROWTH = 24 * 1024 * 1024
"""What the last third of the time may have more than the second. In half an hour each third has some hundred
thousand documents: a few hundred bytes kept of each would show."""

pytestmark = [
    pytest.mark.skipif(FACTOR == 1, reason="takes long: a part of `make soak`"),
    pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux to tell memory"),
]


def memory_of(hub: HubProcess) -> int:
    """Return the bytes of memory that the hub's process has now."""
    pages = Path(f"/proc/{hub.process.pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def test_memory_stays_flat_at_four_fifths_of_the_peak(tmp_path, database_url):
    with running_hub(tmp_path, database_url) as hub:
        items = hub.provision(
            {"code": SENDER, "name": "Vĩnh Phúc", "organisation": {"key": "p256"}},
            {"code": RECIPIENT, "name": "Văn phòng Chính phủ"},
        )
        fast = {"first": 1, "seconds": PEAK_SECONDS, "per_second": AS_FAST_AS_ANSWERED}
        peak = SteadyLoad(hub.port, items[SENDER], **fast).statuses()
        assert set(peak) == {201}
        steady = {"first": 1 + peak[201], "seconds": SECONDS, "per_second": LOAD * peak[201] / PEAK_SECONDS}
        load = SteadyLoad(hub.port, items[SENDER], **steady)
        had = [memory_of(hub)]
        while not load.is_done(0.5):
            had.append(memory_of(hub))
        assert set(load.statuses()) == {201}
        third = len(had) // 3
        assert median(had[-third:]) - median(had[third : 2 * third]) < GROWTH, [each >> 20 for each in had]
