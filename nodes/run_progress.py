"""Tells a sandbox how far a simulation is, for its page, and waits where that page says so.

What must have come of each day is counted as `nodes.comparison` counts it. A hub that does not listen is told
no more: a run does not depend on it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from nodes.client import Client
from nodes.comparison import expected
from nodes.errors import NodesError
from nodes.known_agencies import agency
from nodes.planner import Plan, by_day

MOST_LOCALITIES: Final = 100
"""The most that a sandbox takes."""
_PATH: Final = "/sandbox/run"
_LOOK_SECONDS: Final = 0.5


@dataclass(slots=True)
class RunProgress:
    """One run, as a sandbox hears of it."""

    plan: Plan
    sandbox: Client
    sleep: Callable[[float], None] = time.sleep
    _days: dict[date, Plan] = field(init=False)
    _sums: dict[str, list[int]] = field(init=False)
    _told: date | None = field(init=False, default=None)
    _done: int = field(init=False, default=0)
    _is_heard: bool = field(init=False, default=True)

    def __post_init__(self) -> None:
        self._days = _by_day(self.plan)
        self._sums = {each.code: [0, 0] for each in self.plan.scenario.localities[:MOST_LOCALITIES]}

    def tell(self, day: date, done: int) -> None:
        """Tell that a day is over and how many documents were sent, and wait while a run is to wait."""
        for planned in [each for each in sorted(self._days) if each <= day]:
            figures = expected(self._days.pop(planned))
            for code, sums in self._sums.items():
                sums[0] += figures[code].to_government_office
                sums[1] += figures[code].signed
        self._told, self._done = day, done
        answer = self._call("PUT", self._body("running"))
        while answer.get("paused") and self._is_heard:
            self.sleep(_LOOK_SECONDS)
            answer = self._call("GET", None)

    def end(self) -> None:
        """Tell that the run is over, or was interrupted where days are left."""
        if self._told is not None:
            self._call("PUT", self._body("interrupted" if self._days else "finished"))

    def _body(self, state: str) -> dict[str, Any]:
        scenario = self.plan.scenario
        return {
            "state": state,
            "title": scenario.title[:300],
            "title_vi": scenario.title_vi[:300],
            "day": (self._told or scenario.first).isoformat(),
            "first": scenario.first.isoformat(),
            "last": scenario.last.isoformat(),
            "recipient": scenario.government_office,
            "done": self._done,
            "of": len(self.plan.documents),
            "localities": [
                {"code": code, "place": agency(code).place, "sent": sent, "signed": signed}
                for code, (sent, signed) in self._sums.items()
            ],
        }

    def _call(self, method: str, body: dict[str, Any] | None) -> dict[str, Any]:
        if not self._is_heard:
            return {}
        try:
            answer: dict[str, Any] = self.sandbox.call(method, _PATH, body)
        except NodesError:
            self._is_heard = False
            return {}
        return answer


def _by_day(plan: Plan) -> dict[date, Plan]:
    """Return what a plan has on each day, as plans of these days alone."""
    return {
        day: replace(plan, documents=tuple(documents), faults=tuple(faults))
        for day, documents, faults in by_day(plan)
    }
