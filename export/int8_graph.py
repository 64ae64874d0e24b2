"""The int8 graph, written node by node from the trained network and what was watched in it.

Input `input_ids`: int64 (batch, tokens), rows of equal length, none padded. Outputs `groups` (batch, 4) and
`emotions` (batch, 28): float32 probabilities. Decision 0014 has the measurements behind each choice:

- no mask, since no row is padded; query, key and value are one matrix; attention is one node;
- weights get a scale for each output, embeddings one for each word, activations constants: so no row's scores
  depend on another row;
- the few channels whose values are far beyond the others' are divided down before they are rounded, and their
  weights multiplied up: the product is the same, and the others keep their resolution.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from export.activations import ACTIVATED, ATTENDED, NORMED, QUERY
from export.errors import EncoderError
from export.network import Network
from export.scales import activation_scale, rounded, tamed, weight_scales
from model.labels import EMOTIONS, GROUPS

_OPSET = 23  # the first with Attention as one node
_IR_VERSION = 10
_TAMED = (NORMED, ACTIVATED)  # the other inputs have no channel that is worth an operation more
_MICROSOFT = "com.microsoft"  # ONNX Runtime's own operators: the int8 product with its scales, and GELU

Array = npt.NDArray[Any]
Watched = Mapping[tuple[int, str], npt.NDArray[np.float32]]


def write(network: Network, watched: Watched, path: Path) -> None:
    """Write the calibrated network in int8.

    Raises:
        EncoderError: the encoder is not a BERT with GELU, the only kind that this graph can be.
    """
    config = network.encoder.config
    if (config.model_type, config.hidden_act) != ("bert", "gelu"):
        raise EncoderError(f"A {config.model_type} encoder with {config.hidden_act} cannot become int8.")
    graph = _Graph()
    state = {**network.state_dict(), "group_offset": network.group_offset}
    weights = _Weights({name: value.numpy() for name, value in state.items()})
    epsilon = config.layer_norm_eps
    rows = _embeddings(graph, weights.inside("encoder.embeddings"), epsilon)
    for layer in range(config.num_hidden_layers):
        inputs = {name: found for (place, name), found in watched.items() if place == layer}
        inside = weights.inside(f"encoder.encoder.layer.{layer}")
        writer = _Layer(graph=graph, weights=inside, inputs=inputs, name=str(layer), epsilon=epsilon)
        rows = writer.write(rows, heads=config.num_attention_heads)
    most = len(weights["encoder.embeddings.position_embeddings.weight"])
    _heads(graph, weights, _mean(graph, rows, most))
    onnx.save(graph.model(), path)


@dataclass(frozen=True, slots=True)
class _Weights:
    """The network's weights by the names of torch; matrices as torch has them, (outputs, inputs)."""

    by_name: Mapping[str, Array]

    def inside(self, name: str) -> "_Weights":
        start = f"{name}."
        found = {key.removeprefix(start): each for key, each in self.by_name.items() if key.startswith(start)}
        return _Weights(found)

    def __getitem__(self, name: str) -> Array:
        return self.by_name[name]

    def matrix(self, *names: str) -> tuple[Array, Array]:
        """Weights (inputs, outputs) and biases of one or more layers side by side."""
        return (
            np.concatenate([self[f"{name}.weight"].T for name in names], axis=1),
            np.concatenate([self[f"{name}.bias"] for name in names]),
        )


@dataclass(slots=True)
class _Graph:
    """Nodes and constants, in the order in which they were added; a node is named after its first output."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: dict[str, onnx.TensorProto] = field(default_factory=dict)

    def constant(self, name: str, value: Array) -> str:
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def node(self, kind: str, inputs: Sequence[str], *outputs: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, outputs, name=outputs[0], **attributes))
        return outputs[0]

    def normed(self, name: str, rows: str, weights: _Weights, epsilon: float) -> str:
        scale = self.constant(f"{name}.weight", weights["weight"])
        bias = self.constant(f"{name}.bias", weights["bias"])
        return self.node("LayerNormalization", [rows, scale, bias], name, axis=-1, epsilon=epsilon)

    def model(self) -> onnx.ModelProto:
        real = TensorProto.FLOAT
        graph = helper.make_graph(
            self.nodes,
            "solace",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"])],
            [
                helper.make_tensor_value_info("groups", real, ["batch", len(GROUPS)]),
                helper.make_tensor_value_info("emotions", real, ["batch", len(EMOTIONS)]),
            ],
            list(self.constants.values()),
        )
        domains = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=domains, ir_version=_IR_VERSION)


def _embeddings(graph: _Graph, weights: _Weights, epsilon: float) -> str:
    words = weights["word_embeddings.weight"]
    quantised, scales = weight_scales(words.T)
    scales = scales[:, None]
    graph.node("Gather", [graph.constant("words", quantised.T), "input_ids"], "word.int8")
    graph.node("Gather", [graph.constant("words.scale", scales), "input_ids"], "word.scale")
    graph.node("Cast", ["word.int8"], "word.real", to=TensorProto.FLOAT)
    graph.node("Mul", ["word.real", "word.scale"], "word")
    # Every comment is of the first token type, so its vector is part of the positions'.
    positions = weights["position_embeddings.weight"] + weights["token_type_embeddings.weight"][0]
    start = graph.constant("start", np.zeros(1, dtype=np.int64))
    graph.node("Shape", ["input_ids"], "tokens", start=1, end=2)
    halves = graph.constant("positions", positions.astype(np.float16))  # in the file alone: 98 kB less
    graph.node("Cast", [halves], "position.all", to=TensorProto.FLOAT)  # a constant: done once, at load
    graph.node("Slice", ["position.all", start, "tokens", start], "position")
    graph.node("Add", ["word", "position"], "embedded")
    return graph.normed("embeddings", "embedded", weights.inside("LayerNorm"), epsilon)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """Writes one layer of the encoder."""

    graph: _Graph
    weights: _Weights
    inputs: Mapping[str, Array]
    name: str
    epsilon: float

    def write(self, rows: str, *, heads: int) -> str:
        attention = self.weights.inside("attention")
        products = self.product(QUERY, rows, *attention.matrix("self.query", "self.key", "self.value"))
        context = self._attention(products, heads)
        output = self.product(ATTENDED, context, *attention.matrix("output.dense"))
        rows = self._added("attention", output, rows, attention.inside("output.LayerNorm"))
        wide = self.product(NORMED, rows, *self.weights.matrix("intermediate.dense"))
        # By tanh: a quarter less time than by erf, and off by an eighth of what rounding may shift at most.
        active = self.graph.node("FastGelu", [wide], f"{self.name}.gelu", domain=_MICROSOFT)
        output = self.product(ACTIVATED, active, *self.weights.matrix("output.dense"))
        return self._added("output", output, rows, self.weights.inside("output.LayerNorm"))

    def _attention(self, products: str, heads: int) -> str:
        parts = [f"{self.name}.{part}" for part in ("q", "k", "v")]
        self.graph.node("Split", [products], *parts, axis=2, num_outputs=3)
        return self.graph.node(
            "Attention", parts, f"{self.name}.context", q_num_heads=heads, kv_num_heads=heads
        )

    def _added(self, name: str, output: str, rows: str, norm: _Weights) -> str:
        added = self.graph.node("Add", [output, rows], f"{self.name}.{name}.sum")
        return self.graph.normed(f"{self.name}.{name}", added, norm, self.epsilon)

    def product(self, place: str, rows: str, weight: Array, bias: Array) -> str:
        """The matrix product of `rows` with `weight` (inputs, outputs), plus `bias`, in int8."""
        graph, name, seen = self.graph, f"{self.name}.{place}", self.inputs[place]
        division = tamed(seen) if place in _TAMED else None
        if division is not None:
            factors = graph.constant(f"{name}.factors", 1 / division)
            rows = graph.node("Mul", [rows, factors], f"{name}.tamed")
            seen, weight = seen / division, weight * division[:, None]
        quantised, scales = weight_scales(weight)
        scale, zero = activation_scale(seen)
        # What rounding shifts on average is known, so it is taken back.
        shift = rounded(seen, scale, zero).mean(axis=0) @ (quantised * scales) - seen.mean(axis=0) @ weight
        graph.constant(f"{name}.scale", np.asarray(scale))
        graph.constant(f"{name}.zero", np.asarray(zero))
        graph.constant(f"{name}.weight", quantised)
        graph.constant(f"{name}.weight.scale", scales)
        graph.constant(f"{name}.bias", bias - shift)
        graph.node("QuantizeLinear", [rows, f"{name}.scale", f"{name}.zero"], f"{name}.int8")
        weights = [
            f"{name}.weight",
            f"{name}.scale",
            f"{name}.weight.scale",
            f"{name}.zero",
            "",
            f"{name}.bias",
        ]
        return graph.node("MatMulIntegerToFloat", [f"{name}.int8", *weights], name, domain=_MICROSOFT)


def _mean(graph: _Graph, rows: str, most: int) -> str:
    """The mean over tokens as a column for each comment: shape (batch, width, 1)."""
    # As a product with ones, which adds up each comment alike, alone or among others; ReduceMean does not.
    ones = graph.constant("ones", np.ones((1, most), dtype=np.float32))
    ends = [
        graph.constant("start", np.zeros(1, dtype=np.int64)),
        "tokens",
        graph.constant("row", np.ones(1, dtype=np.int64)),
    ]
    graph.node("Slice", [ones, *ends], "each token")
    graph.node("MatMul", ["each token", rows], "sum")
    graph.node("Cast", ["tokens"], "tokens.real", to=TensorProto.FLOAT)
    graph.node("Div", ["sum", "tokens.real"], "mean.row")
    shape = graph.constant("column", np.array([0, -1, 1], dtype=np.int64))
    return graph.node("Reshape", ["mean.row", shape], "mean")


def _heads(graph: _Graph, weights: _Weights, mean: str) -> None:
    weight, bias = weights.matrix("groups", "emotions")
    temperatures = np.concatenate(
        [weights["group_temperature"], np.repeat(weights["emotion_temperature"], len(EMOTIONS))]
    )
    offsets = np.concatenate([weights["group_offset"], np.zeros(len(EMOTIONS), dtype=np.float32)])
    # Columns, so that each comment gets a product of its own: one for all adds up in another order.
    graph.node("MatMul", [graph.constant("heads", (weight / temperatures).T), mean], "heads.column")
    last = graph.constant("last", np.array([-1], dtype=np.int64))
    graph.node("Squeeze", ["heads.column", last], "heads.row")
    graph.node("Add", ["heads.row", graph.constant("heads.bias", bias / temperatures + offsets)], "logits")
    graph.node("Sigmoid", ["logits"], "probabilities")
    sizes = graph.constant("labels", np.array([len(GROUPS), len(EMOTIONS)], dtype=np.int64))
    graph.node("Split", ["probabilities", sizes], "groups", "emotions", axis=1)
