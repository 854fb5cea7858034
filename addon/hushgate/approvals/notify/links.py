"""Links in notifications: signed by the gate, for one decision, as long as the approval lives. Pure.

A link is bound to an approval and to how many had agreed when it was sent. A decision changes that, so that a link is
good for one, whoever makes it and wherever he does, after a restart, too; and nothing has to be kept. With `minimum`
above one, each yes sends out a new link. The link decides nothing: link previews and mail scanners follow links.
Who follows it logs in at the console and decides there, under the same rules as anywhere.
"""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from hushgate.approvals.cases import Approval
from hushgate.errors import Absent, TooLate

PATH: Final = "/link/"
LONGEST: Final = 100

_TOKEN: Final = re.compile(r"([a-z0-9]{1,40})\.([0-9]{1,2})\.([0-9]{1,11})\.([A-Za-z0-9_-]{22})")
_HINT: Final = "the newest message has the link that counts; or look under Approvals"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says that the gate sent: of which approval, after how many had agreed, and until when."""

    approval: str
    agreed: int
    until: int


@dataclass(frozen=True, slots=True)
class Links:
    """`key` is 32 bytes, for links alone."""

    key: bytes = field(repr=False)

    def token(self, approval: Approval) -> str:
        """The link's last part for an approval as it stands."""
        said = f"{approval.id}.{len(approval.yes)}.{int(approval.expires_at)}"
        return f"{said}.{self._seal(said)}"

    def read(self, token: str) -> Link:
        """What a token says; Absent where this gate did not make it."""
        found = _TOKEN.fullmatch(token) if len(token) <= LONGEST else None
        if found is None or not hmac.compare_digest(self._seal(token.rpartition(".")[0]), found[4]):
            raise Absent("this link is not one that this gate sent, or it was cut short", hint=_HINT)
        return Link(found[1], int(found[2]), int(found[3]))

    def check(self, token: str, approval: Approval | None, now: float) -> Approval:
        """The approval that a token is for, where it still counts; TooLate in plain words where it does not."""
        link = self.read(token)
        if approval is not None and approval.state in ("approved", "rejected"):
            raise TooLate(f"this was {approval.state} by {approval.decided_by} already: the link is used up")
        if now >= link.until or approval is None or approval.state != "pending":
            raise TooLate("this link has expired, and so has what it was for", hint="the request has to be sent again")
        if len(approval.yes) != link.agreed:
            raise TooLate(f"{', '.join(approval.yes)} agreed already: the link is used up", hint=_HINT)
        return approval

    def _seal(self, said: str) -> str:
        made = hmac.digest(self.key, b"hushgate link v1\n" + said.encode("ascii"), "sha256")
        return base64.urlsafe_b64encode(made[:16]).decode("ascii").rstrip("=")


def mark(token: str) -> str:
    """What goes on record of a link that a decision came by: a hash."""
    return sha256(token.encode("ascii", "replace")).hexdigest()[:16]
