"""Settings out of an environment: what does not fit is named, and nothing is guessed."""

import pytest

from axis.settings import SettingInvalidError, from_environment


def test_hosts_are_read_with_their_ports_whatever_their_case():
    settings = from_environment({"AXIS_REVOCATION_HOSTS": " CRL.example.vn, ocsp.example.vn:8080 ,"})
    assert settings.revocation_hosts == ("crl.example.vn", "ocsp.example.vn:8080")
    assert from_environment({"AXIS_REVOCATION_HOSTS": ""}).revocation_hosts is None
    assert from_environment({}).revocation_hosts is None


@pytest.mark.parametrize("text", ["http://crl.example.vn", "a b", "*.vn", "crl.example.vn/x", "-a", "a:b"])
def test_what_is_no_host_is_refused_by_name(text):
    with pytest.raises(SettingInvalidError, match="AXIS_REVOCATION_HOSTS"):
        from_environment({"AXIS_REVOCATION_HOSTS": text})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("AXIS_DATABASE_URL", "mysql://axis:secret@host/axis"),
        ("AXIS_DATABASE_URL", "postgresql://axis:secret@host/axis"),
        ("AXIS_DATABASE_URL", "axis.db"),
        ("AXIS_PUBLIC_URL", "axis.example.vn"),
        ("AXIS_PUBLIC_URL", "https://axis.example.vn/?a"),
        ("AXIS_PUBLIC_URL", ""),
    ],
)
def test_an_address_of_another_form_is_refused_without_repeating_it(name, text):
    with pytest.raises(SettingInvalidError, match=name) as refused:
        from_environment({name: text})
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("text", ["0", "-1", "soon"])
def test_a_lease_lasts_for_a_while(text):
    with pytest.raises(SettingInvalidError, match="AXIS_LEASE_SECONDS"):
        from_environment({"AXIS_LEASE_SECONDS": text})
    assert from_environment({"AXIS_LEASE_SECONDS": "1"}).lease_seconds == 1
