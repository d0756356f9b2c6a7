import builtins
import json

import anyio
import pytest

from penchant.protocol.sigv4 import Signature
from penchant.sandbox.account import Account, _as_account


def scope(service: str, *headers: tuple[bytes, bytes]) -> dict:
    signature = Signature("AKIAONE", "20260101", "us-east-1", service, (), "", "", "")
    return {
        "type": "http",
        "method": "POST",
        "path": "/",
        "headers": list(headers),
        "penchant.signature": signature,
        "penchant.account": "111111111111",
    }


def test_moto_is_told_the_account_of_the_key_and_no_other():
    forged = [
        (b"x-moto-account-id", b"222222222222"),
        (b"x_moto_account_id", b"222222222222"),
        (b"X-Moto-Account-Id", b"222222222222"),
        (b"host", b"localhost"),
    ]
    told = _as_account(scope("iam", *forged))["headers"]
    assert told == [(b"host", b"localhost"), (b"x-moto-account-id", b"111111111111")]


@pytest.mark.parametrize(
    ("headers", "start"),
    [((), "<?xml version"), (((b"x-amz-target", b"AmazonSSM.GetParameter"),), '{"__type"')],
)
def test_without_the_extra_the_error_names_it(monkeypatch, headers, start):
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.startswith("a2wsgi"):
            raise ImportError("No module named 'a2wsgi'", name="a2wsgi")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    sent = []

    async def send(message):
        sent.append(message)

    async def ask() -> None:
        await Account(lambda key: None)(scope("ssm", *headers), None, send)

    anyio.run(ask)
    assert sent[0]["status"] == 501
    body = sent[1]["body"].decode()
    assert body.startswith(start)
    assert "pip install 'penchant[sandbox]'" in (json.loads(body)["message"] if headers else body)
