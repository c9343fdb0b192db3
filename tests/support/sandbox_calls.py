"""Calls of the sandbox: agencies provisioned, and the certificates that they were given."""

from signing.certificates import load_certificates

HAI_PHONG = {"code": "H24", "name": "Ủy ban nhân dân thành phố Hải Phòng"}


def provision(tester, *wanted, status=201):
    """Provision agencies and return the answer, which must have this status."""
    reply = tester.post("/sandbox/agencies", json={"agencies": list(wanted)})
    assert reply.status_code == status, reply.text
    return reply.json()


def serial_of(item) -> str:
    """The serial number of an item's certificate, in hexadecimal."""
    return f"{load_certificates(item['certificate'].encode())[0].serial_number:x}"
