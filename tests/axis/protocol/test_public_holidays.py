"""The table of public holidays is that of the package `holidays`, and its swaps are those announced."""

from datetime import date

from holidays.countries.vietnam import VN, VietnamStaticHolidays

from axis.protocol.public_holidays import PUBLIC_HOLIDAYS, SWAPS

THEIRS = VN(years=PUBLIC_HOLIDAYS)
UNKNOWN_TO_THEM = {(date(2026, 1, 2), date(2026, 1, 10))}


def swapped() -> set[tuple[date, date]]:
    """Return the package's swaps of the table's years, as free and worked days."""
    found = set()
    for year, swaps in VietnamStaticHolidays.special_public_holidays.items():
        for month, day, *worked in swaps if isinstance(swaps[0], tuple) else (swaps,):
            other, number, *another = worked
            found.add((date(year, month, day), date(*(another or [year]), other, number)))
    return {swap for swap in found if swap[0].year in PUBLIC_HOLIDAYS}


def test_the_table_has_the_packages_days_off_of_each_year() -> None:
    free = {day for day, _ in swapped()}
    expected = {
        year: " ".join(
            f"{day:%m-%d}"
            for day in sorted(THEIRS)
            if day.year == year and day.weekday() < 5 and day not in free
        )
        for year in PUBLIC_HOLIDAYS
    }
    assert expected == PUBLIC_HOLIDAYS  # where this fails, the lines to take are those of `expected`


def test_swaps_are_those_of_the_package_and_those_that_it_does_not_know() -> None:
    ours = {(date.fromisoformat(swap.free), date.fromisoformat(swap.worked)) for swap in SWAPS}
    assert ours == swapped() | UNKNOWN_TO_THEM


def test_a_swap_frees_a_day_from_monday_to_friday_for_one_of_a_weekend() -> None:
    for swap in SWAPS:
        assert date.fromisoformat(swap.free).weekday() < 5 <= date.fromisoformat(swap.worked).weekday()
