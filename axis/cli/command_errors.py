"""The errors that end a command with one line on standard error instead of a traceback, and that line.

It is loaded after something was refused, since it imports the errors of all rooms.
"""

from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from axis.agencies.csv_import import CsvRefusedError
from axis.agencies.systems import SystemExistsError
from axis.authority.stored_authorities import AuthorityError
from axis.backups.archive import BackupRefusedError
from axis.cli.common import RefusedError
from axis.database import StoreFailing
from axis.database.key_files import KeyFileMissingError, StoreEmptiedError
from axis.database.migrate import StoreOutdatedError
from axis.database.secret_key import SecretKeyError
from axis.database.serving_lock import StoreServedError
from axis.ledger.errors import LedgerError
from axis.protocol.agency_codes import CodeUnreadable
from axis.protocol.errors import AxisError
from axis.sandbox.state import SandboxRefusedError
from axis.settings import SettingInvalidError
from signing.errors import SigningError

REFUSALS = (
    RefusedError,
    AuthorityError,
    AxisError,
    BackupRefusedError,
    CodeUnreadable,
    CommandError,
    CsvRefusedError,
    KeyFileMissingError,
    LedgerError,
    SandboxRefusedError,
    SecretKeyError,
    SettingInvalidError,
    SigningError,
    SystemExistsError,
    SQLAlchemyError,
    StoreEmptiedError,
    StoreOutdatedError,
    StoreServedError,
    OSError,
)
"""Every other exception is a fault of ours and shows its traceback."""


def explain(error: BaseException) -> str:
    """Return one line, or a few, that say what was refused and why."""
    if isinstance(error, StoreFailing) and isinstance(error.__cause__, SQLAlchemyError):
        return explain(error.__cause__)
    if isinstance(error, AxisError):
        places = [
            f"\n  {place.pointer or '/'}: found {place.found}, expected {place.expected}"
            for place in error.places
        ]
        return error.message() + "".join(places)
    if isinstance(error, SQLAlchemyError):
        return f"the store cannot be used: {getattr(error, 'orig', None) or type(error).__name__}"
    return str(error) or type(error).__name__
