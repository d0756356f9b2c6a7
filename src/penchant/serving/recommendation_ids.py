"""Recommendation ids: `RID-40-42ab-acfe-99a87e8a5023-CID-55f538`, always 40 characters."""

import hashlib
import os


def campaign_part(campaign_arn: str) -> str:
    """The six hexadecimal digits behind `CID-`, the same for every answer of a campaign."""
    return hashlib.sha256(campaign_arn.encode()).hexdigest()[:6]


def new_recommendation_id(campaign: str) -> str:
    """An id never given out before; `campaign` is that campaign's `campaign_part`."""
    digits = os.urandom(11).hex()
    return f"RID-{digits[:2]}-{digits[2:6]}-{digits[6:10]}-{digits[10:]}-CID-{campaign}"


def seed_of(user_id: str, recommendation_id: str) -> int:
    """The seed of an answer's chance; who knows both ids can repeat the answer."""
    text = f"{recommendation_id}\n{user_id}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")
