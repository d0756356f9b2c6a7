"""The operations of multipart uploads."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from penchant.sandbox.s3 import checksums, conditions, xml
from penchant.sandbox.s3.body import Received
from penchant.sandbox.s3.errors import S3Error
from penchant.sandbox.s3.object_operations import Permit, checksum_headers, copied, source_of
from penchant.sandbox.s3.reply import Reply, iso, moment, xml_reply
from penchant.sandbox.s3.request import Request
from penchant.sandbox.s3.uploads import Part, Upload, Uploads, copy_bytes
from penchant.store.folders.buckets import Buckets
from penchant.store.folders.names import key_segments
from penchant.store.folders.objects import FolderObjects, StoredObject
from penchant.store.folders.sidecars import About
from penchant.store.folders.staging import StagedFile

_MOST_PARTS: Final = 10_000
_COMPOSITE: Final = "COMPOSITE"


class UploadOperations:
    """Beginning, filling, completing and aborting uploads in parts."""

    def __init__(
        self,
        buckets: Buckets,
        objects: FolderObjects,
        uploads: Uploads,
        permit: Permit,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._buckets = buckets
        self._objects = objects
        self._uploads = uploads
        self._permit = permit
        self._now_ns = now_ns

    def create_multipart_upload(self, request: Request, body: bytes) -> Reply:
        """Begin an upload."""
        del body
        key_segments(request.key)
        algorithm = request.headers.get("x-amz-checksum-algorithm", "")
        algorithm = algorithm and checksums.check_algorithm(algorithm)
        default = "FULL_OBJECT" if algorithm == "crc64nvme" else _COMPOSITE
        kind = request.headers.get("x-amz-checksum-type", default).upper()
        headers = {"content-type": "binary/octet-stream", **request.object_headers()}
        upload = self._uploads.begin(request.bucket, request.key, headers, algorithm, kind)
        told = {"x-amz-checksum-algorithm": algorithm.upper(), "x-amz-checksum-type": kind}
        body = xml.document(
            "InitiateMultipartUploadResult", *_target(upload), xml.text("UploadId", upload.id)
        )
        return xml_reply(body, told if algorithm else None)

    def upload_part(self, request: Request, staged: StagedFile, received: Received) -> Reply:
        """Keep a part that arrived."""
        upload, number = self._upload(request), _number(request)
        sums = received.checksums
        part = Part(number, received.md5, received.size_bytes, self._now_ns(), sums)
        self._uploads.put_part(upload, part, staged)
        told = {f"{checksums.HEADER}{name}": text for name, text in sums.items()}
        return Reply(headers={"etag": f'"{part.md5}"'} | told)

    def upload_part_copy(self, request: Request) -> Reply:
        """Take a part from an object that is here already."""
        upload, number = self._upload(request), _number(request)
        bucket, key = source_of(request)
        self._permit(request, "s3:GetObject", bucket, key)
        found = self._objects.open(bucket, key)
        if found is None:
            raise S3Error("NoSuchKey", f"There is no object {key!r} in bucket {bucket!r}.")
        source, stream = found
        with stream, self._buckets.staging.file() as staged:
            conditions.check_read(source, request.headers, "x-amz-copy-source-")
            asked = request.headers.get("x-amz-copy-source-range")
            start, n_bytes = conditions.byte_range(asked, source.size_bytes) or (
                0,
                source.size_bytes,
            )
            copy_bytes(stream, staged.stream, start, n_bytes)
            part = _hashed(staged, number, n_bytes, self._now_ns(), upload.checksum)
            self._uploads.put_part(upload, part, staged)
        return xml_reply(xml.document("CopyPartResult", *copied(part.md5, source)))

    def complete_multipart_upload(self, request: Request, body: bytes) -> Reply:
        """Join the parts to the object, in one step for everybody else."""
        upload = self._upload(request)
        parts = self._named_parts(upload, body)
        self._check_size(request, parts)
        about = _about(upload, parts)
        _compare(request.headers, about)
        with self._buckets.staging.file() as staged:
            self._uploads.join(upload, parts, staged.stream)
            wanted = conditions.demand(request.headers)
            stored = self._objects.put(upload.bucket, upload.key, staged, about, wanted)
        self._uploads.end(upload)
        return xml_reply(
            xml.document(
                "CompleteMultipartUploadResult",
                xml.text("Location", request.resource),
                *_target(upload),
                xml.text("ETag", f'"{about.etag}"'),
                *_checksum_elements(stored),
            )
        )

    def abort_multipart_upload(self, request: Request) -> Reply:
        """Forget an upload and its parts."""
        self._uploads.end(self._upload(request))
        return Reply(status=204)

    def list_parts(self, request: Request) -> Reply:
        """The parts that arrived."""
        upload = self._upload(request)
        after = request.number("part-number-marker", 0, _MOST_PARTS)
        most = request.number("max-parts", 1000, 1000)
        parts = [part for part in self._uploads.parts(upload) if part.number > after]
        page = parts[:most]
        truncated = len(parts) > most
        last = page[-1].number if page else 0
        return xml_reply(
            xml.document(
                "ListPartsResult",
                *_target(upload),
                xml.text("UploadId", upload.id),
                xml.text("PartNumberMarker", after),
                xml.text("NextPartNumberMarker", last),
                xml.text("MaxParts", most),
                xml.text("IsTruncated", str(truncated).lower()),
                *(_listed_part(part) for part in page),
            )
        )

    def list_multipart_uploads(self, request: Request) -> Reply:
        """The uploads to a bucket that are under way."""
        prefix = request.query.get("prefix", "")
        found = [u for u in self._uploads.all(request.bucket) if u.key.startswith(prefix)]
        listed = [
            xml.tag(
                "Upload",
                xml.text("Key", upload.key),
                xml.text("UploadId", upload.id),
                xml.text("Initiated", upload.begun_at),
            )
            for upload in found
        ]
        return xml_reply(
            xml.document(
                "ListMultipartUploadsResult",
                xml.text("Bucket", request.bucket),
                xml.text("Prefix", prefix),
                xml.text("IsTruncated", "false"),
                *listed,
            )
        )

    def _upload(self, request: Request) -> Upload:
        return self._uploads.get(request.query["uploadId"], request.bucket, request.key)

    def _named_parts(self, upload: Upload, body: bytes) -> list[Part]:
        named = xml.parse(body, "CompleteMultipartUpload").findall("Part")
        if not named:
            raise S3Error("MalformedXML", "No part is named. Name those that were uploaded.")
        parts: list[Part] = []
        for element in named:
            values = {child.tag: child.text or "" for child in element}
            part = self._find_part(upload, values)
            if parts and parts[-1].number >= part.number:
                raise S3Error("InvalidPartOrder", "Name the parts in ascending order, each once.")
            parts.append(part)
        return parts

    def _find_part(self, upload: Upload, values: Mapping[str, str]) -> Part:
        number, etag = values.get("PartNumber", ""), values.get("ETag", "").strip('"')
        part = None
        if number.isdecimal():
            part = self._uploads.find_part(upload, int(number), etag)
        if part is None:
            raise S3Error(
                "InvalidPart",
                f"Part {number!r} with ETag {etag!r} has not been uploaded. Upload it again.",
            )
        for name, kept in part.checksums.items():
            stated = values.get(f"Checksum{name.upper()}", kept)
            if stated != kept:
                raise S3Error(
                    "InvalidPart", f"{name.upper()} of part {number} is {kept}, not {stated}."
                )
        return part

    @staticmethod
    def _check_size(request: Request, parts: Sequence[Part]) -> None:
        size_bytes = sum(part.size_bytes for part in parts)
        stated = request.headers.get("x-amz-mp-object-size", str(size_bytes))
        if stated != str(size_bytes):
            raise S3Error(
                "InvalidRequest",
                f"x-amz-mp-object-size says {stated}, the parts have {size_bytes} bytes.",
            )


def _about(upload: Upload, parts: Sequence[Part]) -> About:
    joined = b"".join(bytes.fromhex(part.md5) for part in parts)
    etag = f"{hashlib.md5(joined, usedforsecurity=False).hexdigest()}-{len(parts)}"
    sizes = tuple(part.size_bytes for part in parts)
    sums = [part.checksums.get(upload.checksum) for part in parts]
    known = [text for text in sums if text is not None]
    if not upload.checksum or len(known) < len(parts):
        return About(etag, upload.headers, part_sizes=sizes)
    whole = checksums.of_parts(upload.checksum, known, sizes, upload.checksum_type)
    return About(etag, upload.headers, {upload.checksum: whole}, upload.checksum_type, sizes)


def _compare(headers: Mapping[str, str], about: About) -> None:
    for name, stated in checksums.stated(headers).items():
        kept = about.checksums.get(name)
        if kept is not None and kept.partition("-")[0] != stated.partition("-")[0]:
            raise S3Error("BadDigest", f"{name.upper()} of the parts is {kept}, not {stated}.")


def _hashed(staged: StagedFile, number: int, n_bytes: int, now_ns: int, checksum: str) -> Part:
    staged.stream.flush()
    names = {"md5"} | ({checksum} if checksum else set())
    hashers = {name: checksums.ALGORITHMS[name]() for name in names}
    with staged.path.open("rb") as stream:
        while block := stream.read(2**20):
            for hasher in hashers.values():
                hasher.update(block)
    sums = {checksum: checksums.encode(hashers[checksum].digest())} if checksum else {}
    return Part(number, hashers["md5"].digest().hex(), n_bytes, now_ns, sums)


def _number(request: Request) -> int:
    number = request.number("partNumber", 0, _MOST_PARTS + 1)
    if not 0 < number <= _MOST_PARTS:
        raise S3Error("InvalidArgument", f"Part number must be from 1 to {_MOST_PARTS}.")
    return number


def _target(upload: Upload) -> tuple[str, str]:
    return xml.text("Bucket", upload.bucket), xml.text("Key", upload.key)


def _checksum_elements(stored: StoredObject) -> list[str]:
    names = {f"{checksums.HEADER}{n}": f"Checksum{n.upper()}" for n in stored.about.checksums}
    names[f"{checksums.HEADER}type"] = "ChecksumType"
    return [xml.text(names[name], text) for name, text in checksum_headers(stored).items()]


def _listed_part(part: Part) -> str:
    return xml.tag(
        "Part",
        xml.text("PartNumber", part.number),
        xml.text("LastModified", iso(moment(part.modified_ns))),
        xml.text("ETag", f'"{part.md5}"'),
        xml.text("Size", part.size_bytes),
        *(xml.text(f"Checksum{name.upper()}", text) for name, text in part.checksums.items()),
    )
