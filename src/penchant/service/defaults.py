"""What Describe and List tell of members that nobody sent: the defaults that the API documents.

A resource keeps what was sent alone; the defaults are filled in when it is shown, so that rows
of older releases show them too.
"""

from collections.abc import Mapping
from typing import Any, Final

from penchant.domain.arns import Kind

DEFAULTS: Final[Mapping[Kind, Mapping[str, Any]]] = {
    Kind.SOLUTION: {
        "performHPO": False,
        "performAutoML": False,
        "performAutoTraining": True,
        "solutionConfig": {},
    },
    Kind.SOLUTION_VERSION: {"performHPO": False, "performAutoML": False, "solutionConfig": {}},
    Kind.CAMPAIGN: {"minProvisionedTPS": 1},
    Kind.RECOMMENDER: {"recommenderConfig": {"minRecommendationRequestsPerSecond": 1}},
    Kind.BATCH_INFERENCE_JOB: {"batchInferenceJobMode": "BATCH_INFERENCE"},
}


def with_defaults(kind: Kind, sent: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent of a resource of a kind, with the defaults of what was not, inner ones too."""
    return _filled(sent, DEFAULTS.get(kind, {}))


def _filled(sent: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    inner = {
        name: _filled(sent[name], default)
        for name, default in defaults.items()
        if isinstance(default, Mapping) and name in sent
    }
    return {**defaults, **sent, **inner}
