"""Tells forms of the face's own pages from those that another site has a browser send."""

import hmac
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

COOKIE: Final = "face"


@dataclass(frozen=True, slots=True)
class FormTokens:
    """Makes and checks tokens; they hold until the process ends."""

    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def new_visit(self) -> str:
        """Return a value for the cookie of a browser that has none."""
        return secrets.token_urlsafe(24)

    def token(self, visit: str) -> str:
        """Return the token of forms on pages of a visit."""
        return hmac.new(self._secret, visit.encode(errors="replace"), sha256).hexdigest()

    def is_right(self, visit: str | None, token: str) -> bool:
        """Tell whether a form was made for this visit."""
        if not visit:
            return False
        return hmac.compare_digest(self.token(visit).encode(), token.encode(errors="replace"))
