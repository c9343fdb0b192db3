"""Step 7 of docs/flow.md: decides by settings whether a verdict refuses the document."""

from axis.protocol.errors import AxisError, IndeterminateRejected, SignatureRejected, UnsignedRejected
from axis.settings import Decision, Settings
from signing.verdict import DocumentVerdict


def decide(verdict: DocumentVerdict, settings: Settings) -> None:
    """Return nothing for an admitted document, or raise its refusal.

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
