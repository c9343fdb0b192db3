"""Why an audit cannot go on."""

from axis.audit.findings import Finding


class HubUnreachableError(Exception):
    """The hub gave no answer, or none that can be used."""


class HubRefusedError(Exception):
    """The hub answered with a refusal."""

    def __init__(self, path: str, status: int, code: str, detail: str) -> None:
        super().__init__(f"{path}: {status} {code}: {detail}")
        self.status = status
        self.code = code


class StateRefusedError(Exception):
    """The folder of an audit's state cannot be used."""


class LedgerBrokenError(Exception):
    """The ledger is not one that only grew, so nothing of it can be counted any further."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.where}: {finding.found}; expected {finding.expected}")
        self.finding = finding
