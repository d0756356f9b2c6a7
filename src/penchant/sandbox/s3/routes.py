"""Which operation a request means, and the action that bucket policies know it by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from penchant.sandbox.s3.body import Received
from penchant.sandbox.s3.bucket_operations import BucketOperations
from penchant.sandbox.s3.errors import S3Error
from penchant.sandbox.s3.listing_operations import ListingOperations
from penchant.sandbox.s3.object_operations import ObjectOperations
from penchant.sandbox.s3.reply import Reply
from penchant.sandbox.s3.request import Request
from penchant.sandbox.s3.upload_operations import UploadOperations
from penchant.store.folders.staging import StagedFile

Answer = Callable[[Request], Reply]
AnswerBody = Callable[[Request, bytes], Reply]
AnswerStream = Callable[[Request, StagedFile, Received], Reply]

_SUBRESOURCES: Final = (
    *("accelerate", "acl", "analytics", "attributes", "cors", "encryption", "intelligent-tiering"),
    *("inventory", "legal-hold", "lifecycle", "list-type", "location", "logging", "metadataTable"),
    *("metrics", "notification", "object-lock", "ownershipControls", "policy", "policyStatus"),
    *("publicAccessBlock", "replication", "requestPayment", "restore", "retention", "select"),
    *("tagging", "torrent", "uploadId", "uploads", "versioning", "versions", "website", "delete"),
)
_UNSUPPORTED_HEADERS: Final = (
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-object-lock-mode",
    "x-amz-object-lock-legal-hold",
    "x-amz-tagging",
    "x-amz-website-redirect-location",
    "x-amz-write-offset-bytes",
)
_PRIVATE_ACLS: Final = {"private", "bucket-owner-full-control"}


@dataclass(frozen=True, slots=True)
class Route:
    """An operation; exactly one of the three answers is given.

    Attributes:
        action: Its name in policies; empty where no bucket's policy has a say.
        answer: Needs no body.
        answer_body: Needs a short body in memory.
        answer_stream: Needs the body in a staged file.
    """

    action: str = ""
    answer: Answer | None = None
    answer_body: AnswerBody | None = None
    answer_stream: AnswerStream | None = None


Table = Mapping[tuple[str, str], Route]


def table(
    buckets: BucketOperations,
    objects: ObjectOperations,
    listings: ListingOperations,
    uploads: UploadOperations,
) -> Table:
    """All operations, by method with level and by sub-resource."""
    return {
        **_bucket_routes(buckets, objects, listings, uploads),
        **_object_routes(objects, uploads),
    }


def find(routes: Table, request: Request) -> Route:
    """The operation that a request means.

    Raises:
        S3Error: It is one that is not served here.
    """
    level = "object" if request.key else "bucket" if request.bucket else "service"
    subresource = next((name for name in _SUBRESOURCES if name in request.query), "")
    if "x-amz-copy-source" in request.headers:
        subresource += "+copy"
    route = routes.get((f"{request.method} {level}", subresource))
    if route is None:
        asked = f"{request.method} of a {level}" + (f" with ?{subresource}" if subresource else "")
        raise S3Error(
            "NotImplemented",
            f"{asked} is not part of the built-in S3. Configure another S3 endpoint "
            "(PENCHANT_S3_ENDPOINT_URL) if a program needs it.",
        )
    _check_headers(request)
    return route


def _bucket_routes(
    buckets: BucketOperations,
    objects: ObjectOperations,
    listings: ListingOperations,
    uploads: UploadOperations,
) -> Table:
    get, put, delete = "GET bucket", "PUT bucket", "DELETE bucket"
    list_action = "s3:ListBucket"
    return {
        ("GET service", ""): Route(answer=buckets.list_buckets),
        (put, ""): Route(answer_body=buckets.create_bucket),
        ("HEAD bucket", ""): Route(list_action, buckets.head_bucket),
        (delete, ""): Route("s3:DeleteBucket", buckets.delete_bucket),
        (get, "location"): Route("s3:GetBucketLocation", buckets.get_bucket_location),
        (get, "versioning"): Route("s3:GetBucketVersioning", buckets.get_bucket_versioning),
        (get, "policy"): Route("s3:GetBucketPolicy", buckets.get_bucket_policy),
        (put, "policy"): Route("s3:PutBucketPolicy", answer_body=buckets.put_bucket_policy),
        (delete, "policy"): Route("s3:DeleteBucketPolicy", buckets.delete_bucket_policy),
        (get, ""): Route(list_action, listings.list_objects),
        (get, "list-type"): Route(list_action, listings.list_objects_v2),
        (get, "versions"): Route("s3:ListBucketVersions", listings.list_object_versions),
        (get, "uploads"): Route("s3:ListBucketMultipartUploads", uploads.list_multipart_uploads),
        ("POST bucket", "delete"): Route("", answer_body=objects.delete_objects),
    }


def _object_routes(objects: ObjectOperations, uploads: UploadOperations) -> Table:
    get, put, post, delete = "GET object", "PUT object", "POST object", "DELETE object"
    read, write = "s3:GetObject", "s3:PutObject"
    return {
        (get, ""): Route(read, objects.get_object),
        ("HEAD object", ""): Route(read, objects.head_object),
        (get, "tagging"): Route("s3:GetObjectTagging", objects.get_object_tagging),
        (put, ""): Route(write, answer_stream=objects.put_object),
        (put, "+copy"): Route(write, objects.copy_object),
        (delete, ""): Route("s3:DeleteObject", objects.delete_object),
        (post, "uploads"): Route(write, answer_body=uploads.create_multipart_upload),
        (put, "uploadId"): Route(write, answer_stream=uploads.upload_part),
        (put, "uploadId+copy"): Route(write, uploads.upload_part_copy),
        (post, "uploadId"): Route(write, answer_body=uploads.complete_multipart_upload),
        (get, "uploadId"): Route("s3:ListMultipartUploadParts", uploads.list_parts),
        (delete, "uploadId"): Route("s3:AbortMultipartUpload", uploads.abort_multipart_upload),
    }


def _check_headers(request: Request) -> None:
    """Refuse what would be promised and not kept; encryption at rest is left to the disk."""
    acl = request.headers.get("x-amz-acl", "private")
    grants = [name for name in request.headers if name.startswith("x-amz-grant-")]
    if acl not in _PRIVATE_ACLS or grants:
        raise S3Error(
            "AccessControlListNotSupported",
            f"The bucket does not allow ACLs ({acl}). Grant access by a bucket policy instead.",
        )
    for name in _UNSUPPORTED_HEADERS:
        if name in request.headers:
            raise S3Error(
                "NotImplemented", f"The header {name} is not supported here; leave it out."
            )
