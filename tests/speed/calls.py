"""Signed calls of GetRecommendations, from the request's bytes to those of its answer."""

import json
from dataclasses import dataclass

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

PATH = "/recommendations"


@dataclass(frozen=True)
class Key:
    id: str = "AKID"
    secret: str = "secret"
    account: str = "000000000000"


class Keys:
    def find(self, access_key_id):
        return Key()


def signed(body):
    """The headers of a request as a server has them."""
    request = AWSRequest("POST", f"http://localhost:8080{PATH}", data=body)
    request.headers["Content-Type"] = "application/json"
    SigV4Auth(Credentials("AKID", "secret"), "personalize", "us-east-1").add_auth(request)
    headers = {"Host": "localhost:8080", "Accept-Encoding": "identity", "User-Agent": "Boto3/1"}
    headers |= dict(request.headers) | {"Content-Length": str(len(body))}
    return [
        (n.lower().encode(), v if isinstance(v, bytes) else v.encode()) for n, v in headers.items()
    ]


class Call:
    """One call, as often as it is made."""

    def __init__(self, application, asked, loop):
        self._application = application
        self._body = json.dumps(asked).encode()
        self._loop = loop
        self._scope = {"type": "http", "method": "POST", "query_string": b""}
        self._scope |= {"path": PATH, "raw_path": PATH.encode(), "headers": signed(self._body)}
        self.statuses = set()

    def __call__(self):
        self._loop.run_until_complete(
            self._application(dict(self._scope), self._receive, self._send)
        )

    async def _receive(self):
        return {"type": "http.request", "body": self._body, "more_body": False}

    async def _send(self, message):
        self.statuses.add(message.get("status"))
