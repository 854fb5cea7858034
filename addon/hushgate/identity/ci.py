"""The token that a CI system signs for the job that this runs in, asked for where the system says.

GitHub Actions (docs.github.com, "OpenID Connect reference"): a request to
`ACTIONS_ID_TOKEN_REQUEST_URL`, with the bearer of `ACTIONS_ID_TOKEN_REQUEST_TOKEN`.
GitLab and others put the token itself into a variable: `HUSHGATE_ID_TOKEN`
here, a name that `id_tokens` of a GitLab job gives.
"""

from __future__ import annotations

import ipaddress
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlsplit

from ..errors import StateError
from ..launch import JOBS_TOKEN
from .issuers import Straight
from .jws import LONGEST

URL: Final = "ACTIONS_ID_TOKEN_REQUEST_URL"
BEARER: Final = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"  # noqa: S105 - the name of a variable
SECONDS: Final = 30.0


def job_token(environ: Mapping[str, str], audience: str) -> str | None:
    """The signed token of this job, None outside of one; StateError where the CI system does not give it."""
    if ready := environ.get(JOBS_TOKEN, "").strip():
        return ready
    url, bearer = environ.get(URL), environ.get(BEARER)
    return _asked(url, bearer, audience) if url and bearer else None


def _asked(url: str, bearer: str, audience: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and _on_loopback(parts.hostname or "")):
        raise StateError(f"{URL} is no https URL", hint="run this in a job with `permissions: {id-token: write}`")
    place = f"{url}{'&' if parts.query else '?'}audience={quote(audience, safe='')}"
    headers = {"authorization": f"bearer {bearer}", "accept": "application/json"}
    request = urllib.request.Request(place, headers=headers)  # noqa: S310 - https, or loopback
    try:
        with urllib.request.build_opener(Straight()).open(request, timeout=SECONDS) as answer:
            value = json.loads(answer.read(LONGEST * 2))["value"]
    except urllib.error.HTTPError as refused:
        refused.close()
        says = f"the CI system gives no token: it answered {refused.code}"
        raise StateError(says, hint="the job needs `id-token: write`") from None
    except (OSError, ValueError, TypeError, KeyError) as why:
        raise StateError(f"the CI system gives no token ({type(why).__name__})", hint=f"see what {URL} is") from None
    if not isinstance(value, str) or not value:
        raise StateError("the CI system gives no token", hint=f"see what {URL} is")
    return value


def _on_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
