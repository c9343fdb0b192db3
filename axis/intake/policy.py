"""Step 7: what the hub's settings make of a verdict. A bad signature is a result; only this refuses it."""

from axis.protocol.errors import AxisError, IndeterminateRejected, SignatureRejected, UnsignedRejected
from axis.settings import Decision, Settings
from signing.verdict import DocumentVerdict


def decide(verdict: DocumentVerdict, settings: Settings) -> None:
    """Let a document pass, or refuse it.

    Raises:
        SignatureRejected, UnsignedRejected, IndeterminateRejected: as the settings say, with the verdict.

    """
    rules: dict[str | None, tuple[Decision, type[AxisError]]] = {
        None: (settings.unsigned, UnsignedRejected),
        "TOTAL-FAILED": (settings.invalid, SignatureRejected),
        "INDETERMINATE": (settings.indeterminate, IndeterminateRejected),
    }
    rule = rules.get(verdict.indication)
    if rule is not None and rule[0] == "reject":
        raise rule[1](verdict=verdict, sub_indication=verdict.sub_indication)
