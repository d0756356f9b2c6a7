import pytest

from penchant.edge.watchers import Watchers, bearer_token


def scope(client=("127.0.0.1", 7), authorization=b""):
    headers = [(b"authorization", authorization)] if authorization else []
    return {"type": "http", "client": client, "headers": headers}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_without_a_token_this_machine_may_read(host):
    assert Watchers("").refuse(scope((host, 7))) is None


@pytest.mark.parametrize("client", [("192.0.2.7", 7), ("::ffff:192.0.2.7", 7), ("", 0), None])
def test_without_a_token_nobody_else_may(client):
    refused = Watchers("").refuse(scope(client, b"Bearer "))
    assert refused.status_code == 403
    assert b"PENCHANT_METRICS_TOKEN" in refused.body


def test_with_a_token_its_holders_may_read_from_anywhere():
    assert Watchers("abc").refuse(scope(("192.0.2.7", 7), b"bearer abc")) is None


@pytest.mark.parametrize("sent", [b"", b"Bearer", b"Bearer abcd", b"Basic abc", b"abc"])
def test_with_a_token_nobody_else_may_from_here_neither(sent):
    refused = Watchers("abc").refuse(scope(authorization=sent))
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("header", "token"),
    [
        (b"Bearer abc", b"abc"),
        (b"BEARER  abc ", b"abc"),
        (b"AWS4-HMAC-SHA256 Credential=x", b""),
        (b"", b""),
    ],
)
def test_only_bearer_headers_have_a_token(header, token):
    assert bearer_token(header) == token
