"""Detached CMS signatures over exact bytes: made with `sign`, read with `parse`.

`signing.verify` judges them.
"""

from signing.cms.make import Stamp, sign
from signing.cms.parse import CmsSignature, CmsSigner, parse

__all__ = ["CmsSignature", "CmsSigner", "Stamp", "parse", "sign"]
