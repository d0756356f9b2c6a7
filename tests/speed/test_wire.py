"""How long the wire takes of one request: verify, parse, respond."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from penchant.protocol import canonical, sigv4
from penchant.protocol.signature_forms import read

pytestmark = pytest.mark.speed
BODY = b'{"campaignArn": "arn:aws:personalize:us-east-1:000000000000:campaign/c", "userId": "12"}'


@pytest.fixture
def sent():
    request = AWSRequest("POST", "http://localhost:8080/recommendations", data=BODY)
    request.headers["Content-Type"] = "application/json"
    SigV4Auth(Credentials("AKID", "secret"), "personalize", "us-east-1").add_auth(request)
    headers = {"Host": "localhost:8080", "Accept-Encoding": "identity", "User-Agent": "Boto3/1"}
    headers |= dict(request.headers) | {"Content-Length": str(len(BODY))}
    return [
        (n.lower().encode(), v if isinstance(v, bytes) else v.encode()) for n, v in headers.items()
    ]


def test_verifying_a_signature(benchmark, sent):
    now = datetime.now(UTC)

    def verify():
        headers = canonical.fold(sent)
        request = sigv4.SignedRequest("POST", b"/recommendations", b"", headers)
        signature = read(headers, b"")
        body_hash = sha256(BODY).hexdigest()
        sigv4.verify(signature, "secret", request, body_hash=body_hash, now=now, skew_s=300)

    benchmark(verify)
