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
