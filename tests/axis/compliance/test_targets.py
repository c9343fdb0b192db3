"""Which target applies to an agency."""

from support.exchange import UNDER_A, A, B, C, Exchange

from axis.clock import Microseconds
from axis.compliance.targets import Target, remove_target, set_target, targets_for
from axis.protocol.agency_codes import AgencyCode

NOW = Microseconds(0)


def test_an_agency_s_own_target_goes_before_its_level_s(exchange: Exchange) -> None:
    def write(tx) -> None:
        set_target(tx, Target(2020, 0.5, level=1), NOW)
        set_target(tx, Target(2020, 0.9, agency=AgencyCode(A)), NOW)
        set_target(tx, Target(2021, 1.0, agency=AgencyCode(B)), NOW)

    exchange.database.write(write)
    with exchange.database.read() as tx:
        assert targets_for(tx, (A, B, UNDER_A), 2020) == {A: 0.9, B: 0.5}  # and not of C, which is not asked
        assert targets_for(tx, (A, B, C), 2021) == {B: 1.0}


def test_a_level_s_target_applies_again_where_an_agency_s_is_removed(exchange: Exchange) -> None:
    def write(tx) -> None:
        set_target(tx, Target(2020, 0.5, level=1), NOW)
        set_target(tx, Target(2020, 0.9, agency=AgencyCode(A)), NOW)
        remove_target(tx, Target(2020, 0.0, agency=AgencyCode(A)))

    exchange.database.write(write)
    with exchange.database.read() as tx:
        assert targets_for(tx, (A,), 2020) == {A: 0.5}
