"""Requests to the sandbox, raw or refused, for its tests."""

import hashlib
import http.client
import json
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError


def refused(call, **arguments) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def policy(bucket: str, *, effect: str = "Allow", actions="s3:*", principal="*") -> str:
    statement = {
        "Effect": effect,
        "Principal": principal,
        "Action": actions,
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


class Raw:
    """Requests as other SDKs send them, signed but otherwise as given."""

    def __init__(self, server) -> None:
        self.host = urlsplit(server.address).netloc

    def send(self, method, path, headers=None, body=b"", payload=None, host=None, chunks=None):
        host = host or self.host
        request = AWSRequest(method, f"http://{host}{path}", headers=dict(headers or {}))
        payload = payload or hashlib.sha256(body).hexdigest()
        request.headers["X-Amz-Content-SHA256"] = payload
        signer = Signer(Credentials("AKIAONE", "first secret"), "s3", "us-east-1")
        signer.payload_hash = payload
        signer.add_auth(request)
        sent = dict(request.headers.items()) | {"Host": host}
        if chunks is not None:
            body = chunks(sent)
        connection = http.client.HTTPConnection(self.host, timeout=20)
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content, dict(answer.headers)


class Signer(S3SigV4Auth):
    payload_hash = ""

    def payload(self, request):
        return self.payload_hash
