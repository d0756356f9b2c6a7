"""The errors a service may raise, named exactly as the API models name them.

Services raise these; the edge alone turns them into bytes. Every message names the offending
value and says what to do next.
"""


class ServiceError(Exception):
    """Root of all errors that a client is meant to read.

    Attributes:
        code: The name AWS clients see (`error.response["Error"]["Code"]`).
        message: Text for a person, never empty.
        http_status: The HTTP status used where the operation's model declares none.
    """

    http_status: int = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def code(self) -> str:
        """The error's name on the wire."""
        return type(self).__name__


class InvalidInputException(ServiceError):
    """A value that the operation cannot take."""


class ResourceNotFoundException(ServiceError):
    """No resource has this ARN."""

    @classmethod
    def of(cls, arn: str) -> "ResourceNotFoundException":
        """The service's own wording for a missing ARN."""
        return cls(f"Resource Arn {arn} does not exist.")

    @classmethod
    def of_group(cls, arn: str) -> "ResourceNotFoundException":
        """The service's own wording where a dataset group that is missing is to be deleted."""
        return cls(f"The given dataset group does not exist: {arn}")


class ResourceAlreadyExistsException(ServiceError):
    """The ARN that the new resource would get is taken."""

    @classmethod
    def of(cls, arn: str) -> "ResourceAlreadyExistsException":
        """The service's own wording for a taken ARN."""
        return cls(f"Another resource with Arn {arn} already exists.")


class ResourceInUseException(ServiceError):
    """Something else depends on the resource, or it is changing right now."""


class LimitExceededException(ServiceError):
    """A quota is used up."""


class TooManyTagsException(ServiceError):
    """More than 50 tags on one resource."""


class TooManyTagKeysException(ServiceError):
    """More tag keys in one request than a resource can carry."""


class InvalidNextTokenException(ServiceError):
    """A `nextToken` that this server did not give out for this list."""


class ValidationException(ServiceError):
    """The request does not have the shape that the operation's model demands."""


class SerializationException(ServiceError):
    """The request body is not the JSON the protocol demands."""


class UnknownOperationException(ServiceError):
    """The operation is not one this server answers."""


class AccessDeniedException(ServiceError):
    """The caller's key may not do this."""


class MissingAuthenticationTokenException(ServiceError):
    """The request carries no signature."""

    http_status = 403


class IncompleteSignatureException(ServiceError):
    """The signature lacks a part that Signature Version 4 demands."""


class InvalidSignatureException(ServiceError):
    """The signature does not match, or the request is outside the allowed clock skew."""


class UnrecognizedClientException(ServiceError):
    """No active access key has this id."""

    http_status = 403


class ThrottlingException(ServiceError):
    """More arrives than can be taken at the moment; clients wait and try again by themselves."""


class RequestEntityTooLargeException(ServiceError):
    """The request body is longer than the server takes."""

    http_status = 413


class InternalFailure(ServiceError):
    """A fault of the server's own; the log holds the request id."""

    http_status = 500
