"""Whoever an OpenID provider lets in, as a user of `users.json`: approvals and policies know nobody else.

A name can be given away again, a subject never (OpenID Connect Core 1.0, 5.7): the first log-in ties a user to the
subject, and from then on the name opens to nobody else, and the subject to that user, whatever it is called.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import blake2b

from ..errors import Malformed
from ..users import NAME, ROLES, User, Users


def arrive(
    users: Users,
    key: bytes,
    who: tuple[str, str],
    name: str,
    groups: Sequence[str],
    roles: Sequence[str],
    clock: Callable[[], float] = time.time,
) -> str:
    """The name of the user that `who` (issuer, subject) is; Malformed where that is nobody's to be let in.

    Who was added here keeps groups and roles; others have those that the provider's groups are worth now.
    """
    subject = blake2b("\0".join(who).encode(), key=key, digest_size=32, person=b"hushgate-subject").hexdigest()
    held = tuple(role for role in ROLES if role in roles)
    fitting = tuple(dict.fromkeys(group for group in groups if NAME.match(group)))
    with users.changing() as everyone:
        now = clock()
        everyone[:] = [user for user in everyone if user.name != name or not user.ended(now)]
        found = next((user for user in everyone if user.subject == subject and not user.ended(now)), None)
        found = found or next((user for user in everyone if user.name == name), None)
        if found is not None and found.subject not in ("", subject):
            raise Malformed(f"{found.name} is somebody else at the provider")
        if (found is None or found.provided) and not held:
            raise Malformed("no role here is yours: you were not added, and your groups at the provider give none")
        if found is None:
            if not NAME.match(name):
                raise Malformed("your name at the provider cannot be a name here")
            everyone.append(User(name, fitting, now, "", held, subject=subject, provided=True))
            return name
        fresh = replace(found, groups=fitting, roles=held) if found.provided else found
        everyone[everyone.index(found)] = replace(fresh, subject=subject)
        return found.name
