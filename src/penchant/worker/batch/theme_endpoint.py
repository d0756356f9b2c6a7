"""Has themes named by a language model: OpenAI's `POST {url}/chat/completions`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from penchant.settings import Settings
from penchant.worker.batch.lines import LineRefused
from penchant.worker.endpoint import Endpoint, Unanswered, excerpt

_MOST_NAMES: Final = 25
_LONGEST_THEME: Final = 200
_FAILED: Final = "No theme"
_TASK: Final = (
    "You name a shelf of a shop. Answer with one short phrase that says what the items have in "
    "common: at most eight words, no quotes, no explanation."
)


@dataclass(frozen=True)
class ThemeEndpoint:
    """A language model behind an endpoint.

    Attributes:
        endpoint: Where it is.
        model: Its name there.
    """

    endpoint: Endpoint
    model: str

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """The one that the settings name, if any.

        Raises:
            ValueError: There is an address without a model.
        """
        if not settings.theme_endpoint_url:
            return None
        if not settings.theme_model:
            raise ValueError(
                "theme_endpoint_url is set, but theme_model is not; name the model that the "
                "endpoint is to use"
            )
        endpoint = Endpoint(
            settings.theme_endpoint_url, settings.theme_api_key, settings.theme_timeout_s
        )
        return cls(endpoint, settings.theme_model)

    def name(self, names: Sequence[str], terms: Sequence[str]) -> str:
        """See `batch.themes.Namer`.

        Raises:
            LineRefused: The model does not answer, or no text.
        """
        items = "\n".join(f"- {name}" for name in names[:_MOST_NAMES])
        asked = f"Items:\n{items}\n\nWords that many of them share: {', '.join(terms) or 'none'}"
        body = {
            "model": self.model,
            "temperature": 0,
            "messages": [
                {"role": "system", "content": _TASK},
                {"role": "user", "content": asked},
            ],
        }
        where = f"{self.endpoint.url}/chat/completions with the model {self.model!r}"
        try:
            return self._read(self.endpoint.post("/chat/completions", body), where)
        except Unanswered as error:
            reason = f"{where} {error}. Check theme_endpoint_url, theme_model and theme_api_key."
            raise LineRefused(reason, _FAILED) from error

    def _read(self, content: bytes, where: str) -> str:
        try:
            text = str(json.loads(content)["choices"][0]["message"]["content"])
        except (ValueError, KeyError, IndexError, TypeError) as error:
            reason = f"{where} answered no choice: {excerpt(content)}"
            raise LineRefused(reason, _FAILED) from error
        theme = " ".join(text.split()).strip("\"'. ")[:_LONGEST_THEME]
        if not theme:
            raise LineRefused(f"{where} answered an empty text.", _FAILED)
        return theme
