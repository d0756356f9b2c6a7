"""Asks endpoints that speak OpenAI's protocol, again where a failure may pass by itself."""

import http.client
import json
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_LOG = logging.getLogger(__name__)
_WORTH_ANOTHER_TRY: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_LONGEST_PAUSE_S: Final = 30.0
_MOST_TOLD: Final = 300
_READ_AT_ONCE: Final = 2**16


class Unanswered(ValueError):  # noqa: N818  # says what happened
    """A request that failed for good; the text says after how many tries, and of what."""


@dataclass(frozen=True)
class Endpoint:
    """One address. Safe to use from several threads.

    What may pass by itself (no connection, a timeout, 408, 409, 425, 429 and 5xx but 501) is
    tried again after pauses that double, or after what `Retry-After` says.

    Attributes:
        url: Base address, such as `http://127.0.0.1:11434/v1`.
        key: Sent as bearer token unless empty.
        timeout_s: How long an answer may take.
        tries: How often a request is sent at most.
        pause_s: Pause before the second try.
        sleep: Waits that many seconds.
    """

    url: str
    key: str = field(default="", repr=False)
    timeout_s: float = 60.0
    tries: int = 5
    pause_s: float = 0.5
    sleep: Callable[[float], None] = time.sleep

    def post(self, path: str, body: Mapping[str, Any]) -> bytes:
        """What is answered to a JSON body.

        Raises:
            Unanswered: Nothing, however often it was asked.
        """
        pause_s = self.pause_s
        for attempt in range(1, self.tries + 1):
            try:
                return self._sent(path, body)
            except (OSError, http.client.HTTPException) as error:
                if attempt == self.tries or not _may_pass(error):
                    raise _failure(error, attempt) from error
                wait_s = min(max(pause_s, _wished_s(error)), _LONGEST_PAUSE_S)
                _LOG.warning("%s: %s; again in %.1f s", self.url, error, wait_s)
                self.sleep(wait_s)
                pause_s *= 2
        raise AssertionError("tries is at least 1")

    def _sent(self, path: str, body: Mapping[str, Any]) -> bytes:
        headers = {"Content-Type": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        request = urllib.request.Request(  # noqa: S310  # the setting takes http(s) alone
            f"{self.url.rstrip('/')}{path}", json.dumps(body).encode(), headers, method="POST"
        )
        until = time.monotonic() + self.timeout_s
        with _OPENER.open(request, timeout=self.timeout_s) as answer:
            content = bytearray()
            while part := answer.read1(_READ_AT_ONCE):
                content += part
                if time.monotonic() > until:
                    raise TimeoutError(f"no whole answer within {self.timeout_s:g} s")
            if answer.length:
                raise http.client.IncompleteRead(bytes(content), answer.length)
        return bytes(content)


def excerpt(content: bytes) -> str:
    """The beginning of an answer, to be told to a person."""
    return content[:_MOST_TOLD].decode("utf-8", "replace")


class _Unmoved(urllib.request.HTTPRedirectHandler):
    """Follows nobody elsewhere: what is asked there would be no POST, and have the key."""

    def redirect_request(self, *_: Any) -> None:
        """Tell the redirect as an error."""


_OPENER: Final = urllib.request.build_opener(_Unmoved)


def _failure(error: Exception, attempt: int) -> Unanswered:
    told = excerpt(error.read()) if isinstance(error, urllib.error.HTTPError) else ""
    return Unanswered(
        f"failed after {attempt} {'try' if attempt == 1 else 'tries'}: "
        f"{error}{': ' if told else ''}{told}"
    )


def _may_pass(error: Exception) -> bool:
    if isinstance(error, urllib.error.HTTPError):
        return error.code in _WORTH_ANOTHER_TRY
    return True


def _wished_s(error: Exception) -> float:
    """Seconds that an answer wants us to wait; 0 where it says nothing readable."""
    if not isinstance(error, urllib.error.HTTPError):
        return 0.0
    try:
        return float(error.headers.get("Retry-After") or 0)
    except ValueError:
        return 0.0
