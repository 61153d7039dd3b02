"""Who turns texts into vectors? The model on this machine, an endpoint by configuration, or nobody."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from pilotharbor.kernel.later import later
from pilotharbor.matching.engine.provider import Provider, Unavailable
from pilotharbor.matching.engine.vectors import Floats

if TYPE_CHECKING:
    import httpx
else:
    # Only an endpoint needs it, and most harbours have none.
    httpx = later("httpx")

LOCAL, NONE = "local", "none"
PATIENCE_S = 2.0
# Vectors are kept as whole words of bits.
BITS = 64
LONGEST_ANSWER = 64_000_000


class Endpoint:
    """An OpenAI-compatible embedding endpoint.

    ``url`` up to ``/v1``; ``query`` and ``passage`` stand before each text, as many models ask for.
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        dimensions: int,
        key: str = "",
        query: str = "",
        passage: str = "",
        client: "httpx.Client | None" = None,
    ) -> None:
        """Nothing is asked yet."""
        self.name = model
        self._url = url.rstrip("/") + "/embeddings"
        self._dimensions = dimensions
        self._before = {"query": query, "passage": passage}
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = client or httpx.Client(timeout=PATIENCE_S, headers=headers)

    @property
    def dimensions(self) -> int:
        """Numbers in a vector."""
        return self._dimensions

    def queries(self, texts: Sequence[str]) -> Floats:
        """One row a need. Raises: Unavailable."""
        return self._ask(texts, self._before["query"])

    def passages(self, texts: Sequence[str]) -> Floats:
        """One row a result. Raises: Unavailable."""
        return self._ask(texts, self._before["passage"])

    def _ask(self, texts: Sequence[str], before: str) -> Floats:
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        body = {"model": self.name, "input": [before + text for text in texts]}
        try:
            answer = self._client.post(self._url, json=body)
            answer.raise_for_status()
            rows = self._rows(answer.content, len(texts))
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as exc:
            raise Unavailable(f"{self.name}: {type(exc).__name__}") from exc
        return rows

    def _rows(self, content: bytes, count: int) -> Floats:
        """The rows in the order in which they were asked for, each of length 1.

        Raises: ValueError, KeyError or TypeError for anything else than what was asked for.
        """
        if len(content) > LONGEST_ANSWER:
            raise ValueError("too long")
        items = sorted(json.loads(content)["data"], key=lambda item: int(item["index"]))
        rows = np.asarray([item["embedding"] for item in items], np.float32)
        if rows.shape != (count, self.dimensions) or not np.isfinite(rows).all():
            raise ValueError("not what was asked for")
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        if not lengths.all():
            raise ValueError("a vector of length zero")
        unit: Floats = rows / lengths
        return unit


def choose(
    wanted: str, local: Callable[[], Provider], settings: Mapping[str, str] = os.environ
) -> Provider | None:
    """The provider of that name: ``local``, ``none``, or the address of an endpoint.

    ``local`` makes the model on this machine.

    Raises: Unavailable when it cannot be had on this machine.
    """
    if wanted == NONE:
        return None
    if wanted == LOCAL:
        return local()
    if wanted.startswith(("http://", "https://")):
        dimensions = settings.get("PILOTHARBOR_EMBEDDING_DIMENSIONS", "1024")
        if not dimensions.isdigit() or not int(dimensions) or int(dimensions) % BITS:
            raise Unavailable(
                f"PILOTHARBOR_EMBEDDING_DIMENSIONS: {dimensions} is no multiple of {BITS}"
            )
        return Endpoint(
            wanted,
            settings.get("PILOTHARBOR_EMBEDDING_MODEL", ""),
            dimensions=int(dimensions),
            key=settings.get("PILOTHARBOR_EMBEDDING_KEY", ""),
            query=settings.get("PILOTHARBOR_EMBEDDING_QUERY_PREFIX", ""),
            passage=settings.get("PILOTHARBOR_EMBEDDING_PASSAGE_PREFIX", ""),
        )
    raise Unavailable(f"{wanted}: local, none, or an address that begins with http")
