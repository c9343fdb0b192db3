"""On which days an agency sends: working days but those it is away on, by the weights of peaks."""

from bisect import bisect_right
from datetime import date
from itertools import accumulate
from random import Random

from nodes.scenario import Phase, Scenario


class SendingDays:
    """The days of a scenario's agencies."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._away = {each.code: each for each in scenario.localities if each.absent}
        self._known: dict[tuple[str | None, Phase | None], tuple[list[date], list[int]]] = {}

    def of(self, sender: str) -> list[date]:
        """Return all days on which an agency sends, in order."""
        return self._weighed(sender, None)[0]

    def choose(self, sender: str, phase: Phase | None, rng: Random) -> date:
        """Choose a day of the phase, or of the period where there is none, by the weights of peaks."""
        days, sums = self._weighed(sender, phase)
        return days[bisect_right(sums, rng.randrange(sums[-1]))]

    def _weighed(self, sender: str, phase: Phase | None) -> tuple[list[date], list[int]]:
        """Return days with the running sums of their weights."""
        away = self._away.get(sender)
        key = (None if away is None else sender, phase)
        if key not in self._known:
            whole = phase or Phase(self._scenario.first, self._scenario.last, 0)
            days = [
                day
                for day in self._scenario.habits.hours.days(whole.first, whole.last)
                if away is None or not away.is_absent(day)
            ]
            self._known[key] = days, list(accumulate(map(self._scenario.behaviour.weight_of, days)))
        return self._known[key]
