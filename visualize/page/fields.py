"""The fields of a page in groups: inputs, weights of a layer, biases, targets, each in the order of its indices."""

from collections.abc import Mapping

from autograd_lite import TracedNode
from autograd_lite.internal import PARAMETER, LayerStructure, is_pre_activation, parse_label, split_operands

_FEW = 6  # weights that need no group for each layer


def group_leaves(structure: LayerStructure) -> Mapping[str, list[str]]:
    """Heading -> the names of its leaves. A graph without layers has one group."""
    nodes = structure.trace.nodes
    leaves = sorted((node for node in nodes if not node.operation), key=_find_order)
    if not structure.depth:
        return {"numbers": [node.name for node in leaves]}
    biases = {name for node in nodes if is_pre_activation(node) for name in split_operands(node)[2]}
    weights = [node for node in leaves if structure.kind[node.name] == PARAMETER and node.name not in biases]
    groups: dict[str, list[str]] = {"inputs": []}
    for layer in range(1, structure.depth + 1):
        heading = "weights" if len(weights) <= _FEW else f"weights of layer {layer}"
        groups.setdefault(heading, []).extend(node.name for node in weights if structure.layer[node.name] == layer)
    groups["biases"] = [node.name for node in leaves if node.name in biases]
    groups["targets"] = []
    told = {name for names in groups.values() for name in names}
    for node in leaves:
        if node.name not in told:
            groups["inputs" if node.name in structure.feeds_a_layer else "targets"].append(node.name)
    return {heading: names for heading, names in groups.items() if names}


def _find_order(node: TracedNode) -> tuple[str, str, list[str]]:
    """Layer and sample first, then the indices, as numbers of equal length."""
    label = parse_label(node.name)
    if label is None:
        return "", "", []
    under = label.under.split(",") if "," in label.under else [*label.under]
    return label.over, label.sample.rjust(8), [label.base, *(index.rjust(6) for index in under)]
