"""The operations on buckets themselves."""

import errno

from penchant.sandbox.s3 import xml
from penchant.sandbox.s3.errors import S3Error
from penchant.sandbox.s3.reply import Reply, iso, xml_reply
from penchant.sandbox.s3.request import Request
from penchant.sandbox.s3.uploads import Uploads
from penchant.store.folders.buckets import Buckets, BucketTakenError
from penchant.store.folders.names import NameRefusedError
from penchant.store.folders.objects import FolderObjects
from penchant.store.folders.policies import check_policy

_DEFAULT_REGION = "us-east-1"


class BucketOperations:
    """Making, listing and deleting buckets, and their policies."""

    def __init__(self, buckets: Buckets, objects: FolderObjects, uploads: Uploads) -> None:
        self._buckets = buckets
        self._objects = objects
        self._uploads = uploads

    def list_buckets(self, request: Request) -> Reply:
        """The caller's buckets by name."""
        own = [bucket for bucket in self._buckets.all() if bucket.account == request.account]
        listed = [
            xml.tag(
                "Bucket",
                xml.text("Name", bucket.name),
                xml.text("CreationDate", iso(bucket.created_at)),
                xml.text("BucketRegion", bucket.region),
            )
            for bucket in own
            if bucket.name.startswith(request.query.get("prefix", ""))
        ]
        owner = xml.tag("Owner", xml.text("ID", request.account))
        return xml_reply(xml.document("ListAllMyBucketsResult", owner, xml.tag("Buckets", *listed)))

    def create_bucket(self, request: Request, body: bytes) -> Reply:
        """Make a bucket; making one's own again in the first region is no error, as at AWS."""
        region = _region(body)
        try:
            self._buckets.create(request.bucket, request.account, region)
        except NameRefusedError as refused:
            raise S3Error("InvalidBucketName", str(refused)) from None
        except BucketTakenError as taken:
            if taken.account != request.account:
                raise S3Error("BucketAlreadyExists", str(taken)) from None
            if request.signature.region != _DEFAULT_REGION:
                raise S3Error("BucketAlreadyOwnedByYou", f"{taken} It is yours.") from None
        return Reply(headers={"location": f"/{request.bucket}"})

    def head_bucket(self, request: Request) -> Reply:
        """Tell that the bucket is there and where."""
        return Reply(headers={"x-amz-bucket-region": self._buckets.get(request.bucket).region})

    def delete_bucket(self, request: Request) -> Reply:
        """Remove a bucket without objects, and the uploads to it that are under way."""
        not_empty = S3Error(
            "BucketNotEmpty", f"Bucket {request.bucket!r} holds objects. Delete them first."
        )
        if any(self._objects.walk(request.bucket)):
            raise not_empty
        try:
            self._buckets.delete(request.bucket)
        except OSError as error:
            if error.errno != errno.ENOTEMPTY:
                raise
            raise not_empty from None
        for upload in self._uploads.all(request.bucket):
            self._uploads.end(upload)
        return Reply(status=204)

    def get_bucket_location(self, request: Request) -> Reply:
        """The region, which is empty for the first one."""
        region = self._buckets.get(request.bucket).region
        constraint = "" if region == _DEFAULT_REGION else region
        body = f'<LocationConstraint xmlns="{xml.NAMESPACE}">{constraint}</LocationConstraint>'
        return xml_reply(body.encode())

    def get_bucket_versioning(self, request: Request) -> Reply:
        """The empty answer of a bucket in which versioning never was enabled."""
        del request
        return xml_reply(xml.document("VersioningConfiguration"))

    def get_bucket_policy(self, request: Request) -> Reply:
        """The policy's text as it was put."""
        policy = self._buckets.get(request.bucket).policy
        if policy is None:
            raise S3Error(
                "NoSuchBucketPolicy",
                f"The bucket policy does not exist. Put one on {request.bucket!r} first.",
            )
        return Reply(headers={"content-type": "application/json"}, body=policy.encode())

    def put_bucket_policy(self, request: Request, body: bytes) -> Reply:
        """Replace the policy."""
        try:
            policy = body.decode()
            check_policy(policy)
        except ValueError as error:
            raise S3Error("MalformedPolicy", str(error)) from None
        self._buckets.set_policy(request.bucket, policy)
        return Reply(status=204)

    def delete_bucket_policy(self, request: Request) -> Reply:
        """Remove the policy, if there is one."""
        self._buckets.set_policy(request.bucket, None)
        return Reply(status=204)


def _region(body: bytes) -> str:
    if not body.strip():
        return _DEFAULT_REGION
    asked = xml.parse(body, "CreateBucketConfiguration")
    return asked.findtext("LocationConstraint") or _DEFAULT_REGION
