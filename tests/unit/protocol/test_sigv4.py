from hashlib import sha256

from penchant.protocol import sigv4

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


def test_the_example_of_the_reference_gives_its_signing_key():
    key = sigv4.signing_key(
        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam"
    )
    assert key.hex() == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"


def test_chunks_are_chained_as_in_the_example_of_the_reference():
    key = sigv4.signing_key(SECRET.replace("+", "/"), "20130524", "us-east-1", "s3")
    scope = "20130524/us-east-1/s3/aws4_request"
    stamp = "20130524T000000Z"
    seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
    first = sigv4.chunk_signature(key, stamp, scope, seed, sha256(b"a" * 65536).hexdigest())
    assert first == "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"
    second = sigv4.chunk_signature(key, stamp, scope, first, sha256(b"a" * 1024).hexdigest())
    assert second == "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"
    last = sigv4.chunk_signature(key, stamp, scope, second, sigv4.EMPTY_HASH)
    assert last == "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"


def test_trailers_are_chained_as_in_the_example_of_the_reference():
    key = sigv4.signing_key(SECRET.replace("+", "/"), "20130524", "us-east-1", "s3")
    scope = "20130524/us-east-1/s3/aws4_request"
    stamp = "20130524T000000Z"
    seed = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"
    for data in (b"a" * 65536, b"a" * 1024, b""):
        seed = sigv4.chunk_signature(key, stamp, scope, seed, sha256(data).hexdigest())
    assert seed == "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992"
    trailers = b"x-amz-checksum-crc32c:sOO8/Q==\n"
    signature = sigv4.trailer_signature(key, stamp, scope, seed, trailers)
    assert signature == "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435"
