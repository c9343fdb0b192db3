"""The lists of the hub's own authority are renewed in time, and by nobody who lacks the secret key."""

import pytest
from cryptography import x509

from axis.authority import queries
from axis.authority.revocation_lists import lists_due, renew_lists, renew_revocation_lists
from axis.authority.stored_authorities import ISSUING, ROOT
from axis.clock import Clock, Microseconds, real_now, to_datetime
from axis.database.secret_key import SecretKeyError, open_secret_key
from axis.settings import Settings

DAY = 86_400_000_000

pytestmark = pytest.mark.usefixtures("authority")


def crl(database, name) -> x509.CertificateRevocationList:
    with database.read() as tx:
        return x509.load_der_x509_crl(queries.revocation_list(tx, name).der)


@pytest.mark.parametrize(
    ("days", "due"), [(0, []), (14, []), (16, [ISSUING]), (200, [ROOT, ISSUING]), (-1, [ROOT, ISSUING])]
)
def test_lists_are_due_past_half_their_life_and_when_the_clock_went_back(database, secret, now, days, due):
    moved = Microseconds(now + days * DAY)
    with database.read() as tx:
        assert sorted(lists_due(tx, moved)) == sorted(due)
    assert database.write(lambda tx: renew_lists(tx, moved, secret)) is bool(due)
    with database.read() as tx:
        assert lists_due(tx, moved) == []
    for name in due:
        assert crl(database, name).last_update_utc == to_datetime(moved)
        assert crl(database, name).extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 2


def test_the_background_chore_renews_and_needs_the_secret_key_only_then(database, tmp_path, now):
    settings = Settings(database_url=f"sqlite:///{tmp_path}/x/axis.db")
    clock = Clock(now - real_now())
    assert not renew_revocation_lists(database, settings, clock)
    assert not (tmp_path / "x").exists()
    clock.move(clock.offset + 20 * DAY)
    with pytest.raises(SecretKeyError, match="is missing"):
        renew_revocation_lists(database, settings, clock)
    assert not (tmp_path / "x").exists()
    open_secret_key(settings, make=True)
    with pytest.raises(SecretKeyError, match="not the key this store was encrypted with"):
        renew_revocation_lists(database, settings, clock)
