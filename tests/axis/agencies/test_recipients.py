from types import SimpleNamespace

import pytest

from axis.agencies.recipients import recipient_faults, refuse_any
from axis.protocol.errors import Place, RecipientLocked, UnknownRecipient
from axis.vxp.replies import refused_by

KNOWN = {"G22": SimpleNamespace(locked=False), "H02": SimpleNamespace(locked=True)}
ALL = [("/to/0", "H02"), ("/to/1", "G22"), ("/to/2", "H99")]


def test_unknown_and_locked_recipients_are_named_together():
    with pytest.raises(UnknownRecipient) as refused:
        refuse_any(recipient_faults(KNOWN, ALL))
    assert refused.value.places == (
        Place("/to/0", "H02", "an agency that is not locked"),
        Place("/to/2", "H99", "an agency in the directory"),
    )
    assert refused_by(refused.value).description.endswith("Found: H99. Locked: H02.")


def test_a_locked_recipient_alone_is_called_so():
    with pytest.raises(RecipientLocked) as refused:
        refuse_any(recipient_faults(KNOWN, ALL[:2]))
    assert refused_by(refused.value).description.endswith("Locked: H02.")


def test_recipients_that_can_be_sent_to_are_no_fault():
    refuse_any(recipient_faults(KNOWN, ALL[1:2]))
