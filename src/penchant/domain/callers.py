"""Who is asking."""

from dataclasses import dataclass

from penchant.domain.arns import Owner


@dataclass(frozen=True, slots=True)
class Caller:
    """The holder of a verified signature: which key signed, for which owner."""

    access_key_id: str
    owner: Owner
