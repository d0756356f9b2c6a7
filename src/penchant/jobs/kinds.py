"""What kinds of jobs there are; every one of them has a task in the worker."""

from enum import StrEnum


class JobKind(StrEnum):
    """The words that jobs are kept under."""

    IMPORT = "import"
    EXPORT = "export"
    DELETE_DATA = "forget"
    ATTRIBUTE = "attribute"
    ATTRIBUTE_IMPORT = "attribute-import"
    TRAIN = "train"
    RENEW = "renew"
    DEPLOY = "deploy"
    TRAIN_RECOMMENDER = "recommend"
    RENEW_RECOMMENDER = "renew-recommender"
    SWITCH_RECOMMENDER = "switch-recommender"
    BATCH_INFERENCE = "batch-inference"
    BATCH_SEGMENT = "batch-segment"
    DISCARD = "discard"
