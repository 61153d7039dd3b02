"""Texts to vectors: tokens, embeddings, the graph, the mean of what comes out."""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer
from tokenizers.models import Unigram

from pilotharbor.matching.engine.e5 import graph
from pilotharbor.matching.engine.e5.weights import Weights, find, full
from pilotharbor.matching.engine.vectors import Floats

BATCH = 16
BLANK = "\u2581"
# Beyond this a passage's end adds little and costs much: attention grows with the square.
LONGEST_TOKENS = 512
QUERY, PASSAGE = "query: ", "passage: "


class E5:
    """multilingual-e5-small: 384 numbers of length 1 for a text; needs and results by its two prefixes.

    Safe for several threads; each call computes with ``threads`` cores.
    """

    name = "multilingual-e5-small"

    def __init__(self, path: Path | None = None, *, threads: int = 2) -> None:
        """Load the model, by default from the package that carries it.

        Raises: WeightsRefused.
        """
        self._weights = Weights(path or find())
        known = self._weights.vocabulary
        self._tokens = Tokenizer(Unigram(known.pieces, known.unknown, byte_fallback=False))
        # The tokenizer has a copy of its own of these 43 MB.
        known.pieces.clear()
        self._threads = threads
        self._lock = threading.Lock()
        # A need must be answered at once and is embedded quickly; a result is kept and is exact.
        self._sessions = {QUERY: self._session(quick=True)}
        self._table = self._weights.blocks("emb.word", self._weights.shape.width)

    @property
    def dimensions(self) -> int:
        """Numbers in a vector."""
        return self._weights.shape.width

    def queries(self, texts: Sequence[str]) -> Floats:
        """One row a need."""
        return self._vectors(texts, QUERY)

    def passages(self, texts: Sequence[str]) -> Floats:
        """One row a result."""
        return self._vectors(texts, PASSAGE)

    def ids(self, text: str) -> list[int]:
        """The tokens of a text, without the marks of begin and end."""
        # Half of a character, as a cut text may end in, has no place in UTF-8.
        whole = text.encode(errors="replace").decode()
        flat = whole.translate(self._weights.vocabulary.normal)
        flat = " " + " ".join(part for part in flat.split(" ") if part)
        return list(self._tokens.encode(flat.replace(" ", BLANK), add_special_tokens=False).ids)

    def _session(self, *, quick: bool) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        # The arena would keep what the longest text ever needed.
        options.enable_cpu_mem_arena = False
        # Waiting threads that spin would take the cores from the rest of the harbour.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return onnxruntime.InferenceSession(
            graph.build(self._weights, quick=quick), options, providers=["CPUExecutionProvider"]
        )

    def _vectors(self, texts: Sequence[str], prefix: str) -> Floats:
        known = self._weights.vocabulary
        room = LONGEST_TOKENS - 2
        rows = [[known.begin, *self.ids(prefix + text)[:room], known.end] for text in texts]
        found = np.empty((len(rows), self.dimensions), np.float32)
        # Texts of like length together: padding is computed for nothing.
        order = sorted(range(len(rows)), key=lambda index: len(rows[index]))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            found[chosen] = self._batch([rows[index] for index in chosen], prefix)
        return found

    def _batch(self, rows: list[list[int]], prefix: str) -> Floats:
        known = self._weights.vocabulary
        length = max(len(row) for row in rows)
        ids = np.full((len(rows), length), known.padding)
        mask = np.zeros((len(rows), length), np.int32)
        for index, row in enumerate(rows):
            ids[index, : len(row)] = row
            mask[index, : len(row)] = 1
        feed = {graph.STATES: self._embedded(ids), graph.MASK: mask}
        with self._lock:
            if prefix not in self._sessions:
                self._sessions[prefix] = self._session(quick=False)
            (states,) = self._sessions[prefix].run([graph.OUT], feed)
        mean = (states * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        unit: Floats = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return unit

    def _embedded(self, ids: np.ndarray) -> Floats:
        """Token, place and kind added up, then normalised."""
        weights, width = self._weights, self.dimensions
        states = full(self._table[ids.ravel()]).reshape(*ids.shape, width)
        states += weights.floats("emb.pos").reshape(-1, width)[: ids.shape[1]]
        states += weights.floats("emb.type")[:width]
        states -= states.mean(axis=-1, keepdims=True)
        states /= np.sqrt(np.square(states).mean(axis=-1, keepdims=True) + weights.shape.epsilon)
        states *= weights.floats("emb.ln.w")
        states += weights.floats("emb.ln.b")
        return states
