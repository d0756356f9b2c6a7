"""What only the sandbox promises: accounts, and files dropped by hand."""

from urllib.parse import quote

import pytest

from .raw import Raw, policy, refused


@pytest.fixture
def server(sandbox):
    return sandbox


@pytest.fixture
def raw(server):
    return Raw(server)


def test_keys_are_listed_in_the_order_of_their_bytes(s3, bucket):
    names = ["a", "a!b", "a-b", "a.csv", "aa", "b/c", "b0", "z", "é", "中/文", "😀"]
    for name in reversed(names):
        s3.put_object(Bucket=bucket, Key=name, Body=b"")
    listed = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert [one["Key"] for one in listed] == names


def test_other_delimiters_than_slash_group_too(s3, bucket):
    for name in ("2024-01", "2024-02", "2025-01", "other"):
        s3.put_object(Bucket=bucket, Key=name, Body=b"")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Delimiter="-", PaginationConfig={"PageSize": 1}
    )
    found = [(p.get("CommonPrefixes") or p.get("Contents"))[0] for p in pages]
    assert [one.get("Prefix", one.get("Key")) for one in found] == ["2024-", "2025-", "other"]


def test_all_versions_are_the_one_there_is_and_can_be_deleted(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a/b", Body=b"")
    versions = s3.list_object_versions(Bucket=bucket)["Versions"]
    assert [(v["Key"], v["VersionId"], v["IsLatest"]) for v in versions] == [("a/b", "null", True)]
    doomed = [{"Key": v["Key"], "VersionId": v["VersionId"]} for v in versions]
    s3.delete_objects(Bucket=bucket, Delete={"Objects": doomed})
    s3.delete_bucket(Bucket=bucket)


def test_the_region_of_a_bucket_is_kept(server):
    s3 = server.client()
    there = {"LocationConstraint": "eu-central-1"}
    s3.create_bucket(Bucket="in-frankfurt", CreateBucketConfiguration=there)
    assert s3.get_bucket_location(Bucket="in-frankfurt")["LocationConstraint"] == "eu-central-1"
    head = s3.head_bucket(Bucket="in-frankfurt")["ResponseMetadata"]["HTTPHeaders"]
    assert head["x-amz-bucket-region"] == "eu-central-1"


def test_a_bucket_is_made_twice_by_its_owner_only(server, s3, bucket):
    s3.create_bucket(Bucket=bucket)
    other = server.client(key="TWO")
    assert refused(other.create_bucket, Bucket=bucket) == ("BucketAlreadyExists", 409)
    assert bucket not in [one["Name"] for one in other.list_buckets()["Buckets"]]


def test_a_bad_bucket_name_is_refused(raw):
    status, body, _ = raw.send("PUT", "/Bad_Name")
    assert status == 400
    assert b"<Code>InvalidBucketName</Code>" in body


def test_another_account_is_kept_out_until_the_policy_lets_it_in(server, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"a")
    other = server.client(key="TWO")
    where = {"Bucket": bucket, "Key": "a"}
    assert refused(other.get_object, **where) == ("AccessDenied", 403)
    assert refused(other.put_object, **where, Body=b"b") == ("AccessDenied", 403)
    assert refused(other.list_objects_v2, Bucket=bucket) == ("AccessDenied", 403)
    told = other.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a"}]})
    assert [error["Code"] for error in told["Errors"]] == ["AccessDenied"]
    allowed = policy(bucket, actions="s3:GetObject", principal={"AWS": "222222222222"})
    s3.put_bucket_policy(Bucket=bucket, Policy=allowed)
    assert other.get_object(**where)["Body"].read() == b"a"
    assert refused(other.put_object, **where, Body=b"b") == ("AccessDenied", 403)


def test_nobody_copies_out_of_a_bucket_they_may_not_read(server, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"a")
    other = server.client(key="TWO")
    other.create_bucket(Bucket=f"{bucket}-2")
    source = {"Bucket": bucket, "Key": "a"}
    target = {"Bucket": f"{bucket}-2", "Key": "a", "CopySource": source}
    assert refused(other.copy_object, **target) == ("AccessDenied", 403)
    upload = other.create_multipart_upload(Bucket=f"{bucket}-2", Key="a")["UploadId"]
    part = {"UploadId": upload, "PartNumber": 1}
    assert refused(other.upload_part_copy, **target, **part) == ("AccessDenied", 403)


def test_an_explicit_deny_holds_for_the_owner_who_can_still_remove_it(s3, bucket):
    denied = policy(bucket, effect="Deny", actions=["s3:PutObject"])
    s3.put_bucket_policy(Bucket=bucket, Policy=denied)
    assert refused(s3.put_object, Bucket=bucket, Key="a", Body=b"") == ("AccessDenied", 403)
    s3.delete_bucket_policy(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="a", Body=b"")


def test_a_broken_policy_is_refused(s3, bucket):
    assert refused(s3.put_bucket_policy, Bucket=bucket, Policy="{}") == ("MalformedPolicy", 400)


def test_a_file_that_was_dropped_is_an_object(server, s3, bucket):
    folder = server.root / bucket / "dropped"
    folder.mkdir()
    (folder / "items.csv").write_bytes(b"hello")
    listed = s3.list_objects_v2(Bucket=bucket)["Contents"][0]
    got = s3.get_object(Bucket=bucket, Key="dropped/items.csv")
    assert (listed["Key"], got["Body"].read()) == ("dropped/items.csv", b"hello")
    assert listed["ETag"] == got["ETag"]
    (folder / "items.csv").write_bytes(b"other")
    assert s3.head_object(Bucket=bucket, Key="dropped/items.csv")["ETag"] != got["ETag"]


def test_a_folder_that_was_made_by_hand_is_a_bucket_of_the_installation(server):
    (server.root / "made-by-hand").mkdir()
    (server.root / "made-by-hand" / "a").write_bytes(b"a")
    assert server.client().get_object(Bucket="made-by-hand", Key="a")["Body"].read() == b"a"
    other = server.client(key="TWO")
    assert refused(other.get_object, Bucket="made-by-hand", Key="a") == ("AccessDenied", 403)


def test_an_object_is_a_plain_file_and_nothing_else_lies_beside_it(server, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a/b.csv", Body=b"content", Metadata={"n": "1"})
    assert [path.name for path in (server.root / bucket).rglob("*")] == ["a", "b.csv"]
    assert (server.root / bucket / "a" / "b.csv").read_bytes() == b"content"
    s3.delete_object(Bucket=bucket, Key="a/b.csv")
    assert list((server.root / bucket).iterdir()) == []


@pytest.mark.parametrize("key", ["../escaped", "a/../../escaped", "a//b", "./a", "a/.."])
def test_keys_that_are_no_plain_paths_are_refused(server, raw, bucket, key):
    status, body, _ = raw.send("PUT", f"/{bucket}/{quote(key, safe='')}", body=b"x")
    assert status == 400
    assert b"<Code>InvalidArgument</Code>" in body
    status, body, _ = raw.send("GET", f"/{bucket}/{quote(key, safe='')}")
    assert status == 404
    assert not list(server.root.rglob("escaped"))


def test_a_nul_and_broken_utf8_in_a_key_are_refused(raw, bucket):
    assert raw.send("PUT", f"/{bucket}/a%00b", body=b"x")[0] == 400
    status, body, _ = raw.send("PUT", f"/{bucket}/%ff", body=b"x")
    assert status == 400
    assert b"<Code>InvalidURI</Code>" in body


def test_symbolic_links_are_not_followed(server, s3, bucket, tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    (server.root / bucket / "file").symlink_to(tmp_path / "secret")
    (server.root / bucket / "folder").symlink_to(tmp_path)
    for key in ("file", "folder/secret"):
        assert refused(s3.get_object, Bucket=bucket, Key=key) == ("NoSuchKey", 404)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
    code, _ = refused(s3.put_object, Bucket=bucket, Key="folder/new", Body=b"x")
    assert code == "InvalidArgument"
    assert not (tmp_path / "new").exists()


def test_a_bucket_that_is_a_link_is_none(server, s3, tmp_path):
    (server.root / "a-link").symlink_to(tmp_path)
    assert refused(s3.list_objects_v2, Bucket="a-link") == ("NoSuchBucket", 404)


@pytest.mark.parametrize(("first", "second"), [("a", "a/b"), ("a/b", "a"), ("a", "a/")])
def test_no_key_can_be_a_folder_of_another(s3, bucket, first, second):
    s3.put_object(Bucket=bucket, Key=first, Body=b"")
    assert refused(s3.put_object, Bucket=bucket, Key=second, Body=b"") == ("InvalidArgument", 400)
    assert s3.head_object(Bucket=bucket, Key=first)["ContentLength"] == 0


def test_a_folder_marker_outlives_what_was_in_the_folder(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a/", Body=b"")
    s3.put_object(Bucket=bucket, Key="a/b", Body=b"b")
    listed = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert [one["Key"] for one in listed] == ["a/", "a/b"]
    s3.delete_object(Bucket=bucket, Key="a/b")
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["a/"]
    s3.delete_object(Bucket=bucket, Key="a/")
    s3.delete_bucket(Bucket=bucket)


def test_a_folder_marker_has_no_content(s3, bucket):
    assert refused(s3.put_object, Bucket=bucket, Key="a/", Body=b"x") == ("InvalidArgument", 400)


@pytest.mark.parametrize("key", ["a" * 256, "a/" * 600])
def test_keys_that_are_too_long_say_so(s3, bucket, key):
    code = refused(s3.put_object, Bucket=bucket, Key=key, Body=b"")
    assert code == ("KeyTooLongError", 400)


@pytest.mark.parametrize("resource", ["lifecycle", "cors", "tagging", "acl", "encryption"])
def test_what_is_not_served_says_what_to_do(raw, bucket, resource):
    status, body, headers = raw.send("GET", f"/{bucket}?{resource}")
    assert status == 501
    assert b"<Code>NotImplemented</Code>" in body
    assert b"PENCHANT_S3_ENDPOINT_URL" in body
    assert headers["x-amz-request-id"].encode() in body


def test_versioning_is_off_and_cannot_be_enabled(s3, bucket):
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)
    wanted = {"Status": "Enabled"}
    code = refused(s3.put_bucket_versioning, Bucket=bucket, VersioningConfiguration=wanted)
    assert code == ("NotImplemented", 501)


def test_a_public_acl_is_refused(s3, bucket):
    code = refused(s3.put_object, Bucket=bucket, Key="a", Body=b"", ACL="public-read")
    assert code == ("AccessControlListNotSupported", 400)


def test_the_bucket_may_stand_in_the_host(raw, bucket):
    port = raw.host.rpartition(":")[2]
    host = f"{bucket}.localhost:{port}"
    assert raw.send("PUT", "/a/b", body=b"hosted", host=host)[0] == 200
    assert raw.send("GET", f"/{bucket}/a/b")[1] == b"hosted"
    assert raw.send("GET", "/a/b", host=host)[1] == b"hosted"
    assert b"<Key>a/b</Key>" in raw.send("GET", "/", host=host)[1]
