"""The model as an ONNX graph: exactly over the 4-bit weights, or quickly in whole numbers of 8 bits.

The quick graph takes half the time. One scale for all states of a matrix would put its cosines off by
.003, which costs overlap with what is really nearest. Two things bring that to .0007, at which needs
in plain words and in English were ranked as well as by the exact graph:

- What comes out of a normalisation differs much from number to number. Each is divided by its size, as
  its gain and shift tell it, and the weights are multiplied by it (G. Xiao et al., SmoothQuant, 2023).
- In four layers one number of the inner states is ten times all others; these stay exact.

Source: A. Vaswani et al., Attention Is All You Need (2017), with the layout of BERT; weights of
multilingual-e5-small (L. Wang et al., Multilingual E5 Text Embeddings, 2024; MIT licence).
"""

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from pilotharbor.matching.engine.e5.weights import BLOCK, Weights, full
from pilotharbor.matching.engine.vectors import Floats

CONTRIB = "com.microsoft"
# Layers whose narrowing half stays exact: their largest inner state is 14 to 60, others' 3 to 11.
OUTSTANDING = frozenset({0, 1, 4, 5})
# How much of the spread of states is taken over by the weights; .6 to .9 do as well.
TAKEN_OVER = 0.75
# A normalised number rarely lies farther out than so many deviations.
DEVIATIONS = 3
OPSET, CONTRIB_OPSET, IR = 17, 1, 9
BY_WHOLE_NUMBERS = 4
LARGEST = np.float32(127)
STATES, MASK, OUT = "states", "mask", "out"


def build(weights: Weights, *, quick: bool = False) -> bytes:
    """The serialised graph; ``quick`` in whole numbers of 8 bits, else exactly over the 4-bit weights.

    In: ``states`` float [batch, tokens, width], ``mask`` int32 [batch, tokens] with 1 for a token.
    Out: ``out`` float [batch, tokens, width].
    """
    graph = _Graph(weights, quick=quick)
    states, normalised_by = STATES, "emb.ln"
    for number in range(weights.shape.layers):
        last = number == weights.shape.layers - 1
        states = graph.layer(number, states, normalised_by, last=last)
        normalised_by = f"l{number}.oln"
    return graph.serialised()


class _Graph:
    def __init__(self, weights: Weights, *, quick: bool) -> None:
        self._weights = weights
        self._quick = quick
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        # By what the weights of a quick matrix are multiplied, column by column.
        self._sizes: dict[str, Floats] = {}

    def layer(self, number: int, states: str, normalised_by: str, *, last: bool) -> str:
        at, shape = f"l{number}.", self._weights.shape
        linear = self._quickly if self._quick else self._linear
        narrowing = self._linear if number in OUTSTANDING else linear
        asked = linear(f"{at}qkv", self._spread(f"{at}qkv", states, normalised_by), shape.width)
        parts = [f"{at}{name}.part" for name in "qkv"]
        widths = self._constant(f"{at}widths", np.full(len(parts), shape.width, np.int64))
        self._nodes.append(helper.make_node("Split", [asked, widths], parts, axis=-1))
        self._node("MultiHeadAttention", [*parts, "", MASK], f"{at}seen", num_heads=shape.heads)
        told = linear(f"{at}ao", f"{at}seen", shape.width)
        middle = self._normalised(f"{at}aln", told, states, f"{at}middle")
        spread = self._spread(f"{at}fi", middle, f"{at}aln")
        self._node("Gelu", [linear(f"{at}fi", spread, shape.width)], f"{at}wide")
        narrow = narrowing(f"{at}fo", f"{at}wide", shape.inner)
        return self._normalised(f"{at}oln", narrow, middle, OUT if last else f"{at}out")

    def serialised(self) -> bytes:
        width = self._weights.shape.width
        graph = helper.make_graph(
            self._nodes,
            "multilingual-e5-small",
            [
                helper.make_tensor_value_info(
                    STATES, TensorProto.FLOAT, ["batch", "tokens", width]
                ),
                helper.make_tensor_value_info(MASK, TensorProto.INT32, ["batch", "tokens"]),
            ],
            [helper.make_tensor_value_info(OUT, TensorProto.FLOAT, ["batch", "tokens", width])],
            self._constants,
        )
        imports = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, CONTRIB_OPSET)]
        model = helper.make_model(graph, opset_imports=imports, ir_version=IR)
        onnx.checker.check_model(model)
        return bytes(model.SerializeToString())

    def _tensors(self, name: str) -> list[str]:
        """What a matrix is called in the file: query, key and value are three there, one here."""
        return [name.replace("qkv", part) for part in "qkv"] if name.endswith("qkv") else [name]

    def _blocks(self, name: str, columns: int) -> Any:
        return np.concatenate(
            [self._weights.blocks(f"{part}.w", columns) for part in self._tensors(name)]
        )

    def _bias(self, name: str) -> str:
        parts = [self._weights.floats(f"{part}.b") for part in self._tensors(name)]
        return self._constant(f"{name}.bias", np.concatenate(parts))

    def _linear(self, name: str, states: str, columns: int) -> str:
        """``states @ weightᵀ + bias``; the 4-bit weights stay, the states become 8-bit by block."""
        blocks = self._blocks(name, columns)
        nibbles = blocks["nibbles"]
        # In the file a byte holds weights j and j + 16 of its block, in the graph 2j and 2j + 1.
        whole = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1)
        packed = whole[..., 0::2] | (whole[..., 1::2] << 4)
        inputs = [
            states,
            self._constant(f"{name}.whole", packed.astype(np.uint8)),
            self._constant(f"{name}.scale", blocks["scale"].astype(np.float32).reshape(-1)),
            "",
            "",
            self._bias(name),
        ]
        sizes = {"K": columns, "N": len(blocks), "bits": 4, "block_size": BLOCK}
        return self._node(
            "MatMulNBits", inputs, f"{name}.out", accuracy_level=BY_WHOLE_NUMBERS, **sizes
        )

    def _quickly(self, name: str, states: str, columns: int) -> str:
        """The same in 8 bits: one scale for all states, one for each row of weights."""
        matrix = full(self._blocks(name, columns))
        matrix *= self._sizes.get(name, np.float32(1))
        scale = np.abs(matrix).max(axis=1) / LARGEST
        whole = np.rint(matrix / scale[:, None]).astype(np.int8)
        inputs = [
            states,
            self._constant(f"{name}.whole", whole.T),
            self._constant(f"{name}.scale", scale),
            self._constant(f"{name}.zero", np.zeros(len(scale), np.int8)),
            self._bias(name),
        ]
        return self._node("DynamicQuantizeMatMul", inputs, f"{name}.out")

    def _spread(self, name: str, states: str, normalised_by: str) -> str:
        """For the quick matrix of that name: states of like size, what they lose left to the weights."""
        if not self._quick:
            return states
        gain = np.abs(self._weights.floats(f"{normalised_by}.w"))
        states_reach = DEVIATIONS * gain + np.abs(self._weights.floats(f"{normalised_by}.b"))
        weights_reach = np.abs(full(self._blocks(name, self._weights.shape.width))).max(axis=0)
        sizes = states_reach**TAKEN_OVER / weights_reach ** (1 - TAKEN_OVER)
        self._sizes[name] = sizes = sizes.astype(np.float32)
        inverse = self._constant(f"{name}.inverse", 1 / sizes)
        self._nodes.append(helper.make_node("Mul", [states, inverse], [f"{name}.in"]))
        return f"{name}.in"

    def _normalised(self, name: str, told: str, before: str, out: str) -> str:
        gain = self._constant(f"{name}.gain", self._weights.floats(f"{name}.w"))
        shift = self._constant(f"{name}.shift", self._weights.floats(f"{name}.b"))
        epsilon = self._weights.shape.epsilon
        return self._node(
            "SkipLayerNormalization", [told, before, gain, shift], out, epsilon=epsilon
        )

    def _constant(self, name: str, values: Any) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _node(self, operator: str, inputs: list[str], out: str, **attributes: Any) -> str:
        self._nodes.append(helper.make_node(operator, inputs, [out], domain=CONTRIB, **attributes))
        return out
