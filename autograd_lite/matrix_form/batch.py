"""Finds the one sample in the recorded cost of a batch: the structure that all of its samples share.

The cost is a sum of the costs of samples, perhaps times a number, perhaps plus a penalty, or the root of such a sum.
Two samples share a structure if they record the same operations of the same parameters; their numbers and leaves may
differ.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..operations import OPERATIONS
from ..quoting import node_name
from ..traversal import topological_order
from .program import MEAN, ROOT, SUM

if TYPE_CHECKING:
    from ..value import Value

Slot = tuple[Any, int]
"""Where a number stands: a leaf and −1, or a node and the place of an operand that is a plain number."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a recorded batch amounts to.

    Attributes:
        cost, penalty, over: as for ``matrix_form``.
        samples: the leaves that differ from sample to sample.
        data: their numbers, a row a sample.
    """

    cost: "Value"
    penalty: "Value | None"
    over: str
    samples: tuple["Value", ...]
    data: tuple[tuple[float, ...], ...]


class DifferentSamplesError(ValueError):
    """Two samples of a batch do not share one structure."""


def find_sample(cost: "Value", parameters: Sequence["Value"]) -> Batch:
    """The one sample of a recorded batch.

    Raises:
        DifferentSamplesError: the samples differ; says which two and in what.
    """
    known = set(parameters)
    refusal: DifferentSamplesError | None = None
    for terms, factor, penalty, over in _list_readings(cost, known):
        try:
            slots, rows = _compare(terms, known)
        except DifferentSamplesError as error:
            refusal = refusal or error
            continue
        if not slots and len(terms) > 1:
            continue  # a sum of equal terms, such as a penalty, is no batch
        return _record(terms[0], factor, penalty, over, slots, rows, known)
    if refusal is not None:
        raise refusal
    leaves = [node for node in topological_order(cost) if not node.operation and node not in known]
    cost, penalty = split_penalty(cost, parameters)
    samples, rows = _put_inputs_first(cost, known, leaves, [tuple(leaf.data for leaf in leaves)])
    return Batch(cost, penalty, MEAN, tuple(samples), tuple(rows))


def split_penalty(cost: "Value", parameters: Sequence["Value"]) -> tuple["Value", "Value | None"]:
    """A sum of what depends on other leaves and of what depends on parameters alone, as these two; else the cost."""
    terms = _list_terms(cost) if cost.operation else []
    if len(terms) == 2 and len(cost.operands) == 2:
        known = set(parameters)
        if _is_of(terms[1], known) and not _is_of(terms[0], known):
            return terms[0], terms[1]
    return cost, None


def _list_readings(cost: Any, known: set[Any]) -> Iterator[tuple[list[Any], float, Any, str]]:
    """The ways to read a cost as a sum over samples: their costs, a factor, a penalty, and the reduction."""
    if not cost.operation:
        return
    if OPERATIONS[cost.operation].value == "sqrt(a)":
        factor, node = _peel_factor(cost.operands[0])
        if factor == 1.0:
            yield _list_terms(node), 1.0, None, ROOT
        return
    factor, node = _peel_factor(cost)
    terms = _list_terms(node)
    if len(terms) > 1:
        for i, term in enumerate(terms if len(terms) == 2 and factor == 1.0 else ()):
            other = terms[1 - i]
            if _is_of(other, known):
                for inner, times, _, over in _list_readings(term, known):
                    if len(inner) > 1:
                        yield inner, times, other, over
        yield terms, factor, None, SUM


def _peel_factor(node: Any) -> tuple[float, Any]:
    """A number times a node, as the number and the node."""
    factor = 1.0
    while node.operation and OPERATIONS[node.operation].value in ("a * b", "a / b"):
        a, b = node.operands
        if b.__class__ is float and (OPERATIONS[node.operation].value == "a * b" or b):
            factor, node = (factor * b if OPERATIONS[node.operation].value == "a * b" else factor / b), a
        elif a.__class__ is float and OPERATIONS[node.operation].value == "a * b":
            factor, node = factor * a, b
        else:
            break
    return factor, node


def _list_terms(node: Any) -> list[Any]:
    """The terms of a sum, sums inside it opened from the left, as a loop of ``+`` records them."""
    row = OPERATIONS[node.operation] if node.operation else None
    if row is not None and row.is_sum and len(row.operands) == 1:
        return [v for v in node.operands if v.__class__ is not float]
    terms: list[Any] = []
    while node.operation and OPERATIONS[node.operation].value == "a + b":
        node, last = node.operands
        terms += [] if last.__class__ is float else [last]
        if node.__class__ is float:
            break
    return [*([] if node.__class__ is float else [node]), *reversed(terms)]


def _is_of(node: Any, known: set[Any]) -> bool:
    """Whether all leaves of a graph are parameters."""
    return all(v.operation or v in known for v in topological_order(node))


def _compare(terms: Sequence[Any], known: set[Any]) -> tuple[list[Slot], list[tuple[float, ...]]]:
    """The numbers that differ between samples: where they stand in the first sample, and a row of them for each."""
    first = terms[0]
    rows = [_match(first, term, known, i) for i, term in enumerate(terms)]
    slots = list(rows[0])
    varying = [slot for slot in slots if any(row[slot] != rows[0][slot] for row in rows)]
    return varying, [tuple(row[slot] for slot in varying) for row in rows]


def _match(first: Any, other: Any, known: set[Any], index: int) -> dict[Slot, float]:
    """The numbers of another sample, at the places of the first."""
    found: dict[Slot, float] = {}
    partner: dict[Any, Any] = {}
    waiting = [(first, other)]

    def differ(what: str) -> DifferentSamplesError:
        return DifferentSamplesError(f"samples 0 and {index} of the batch do not share one structure: {what}; lift the "
                                     "cost of one sample instead, or record all samples by the same operations")

    for a, b in waiting:  # grows while it runs
        if a in partner:
            if partner[a] is not b:
                raise differ(f"sample 0 uses {node_name(a)} twice where sample {index} uses two different nodes")
            continue
        partner[a] = b
        if a.operation != b.operation:
            raise differ(f"one records {a.operation or node_name(a)} where the other records "
                         f"{b.operation or node_name(b)}")
        if not a.operation:
            if (a in known or b in known) and a is not b:
                raise differ(f"one uses {node_name(a)} where the other uses {node_name(b)}")
            if a not in known:
                found[a, -1] = b.data
            continue
        if len(a.operands) != len(b.operands):
            raise differ(f"{a.operation} has {len(a.operands)} operands in one and {len(b.operands)} in the other")
        for i, (v, w) in enumerate(zip(a.operands, b.operands, strict=True)):
            if (v.__class__ is float) != (w.__class__ is float):
                raise differ(f"an operand of {a.operation} is a plain number in one of them only")
            if v.__class__ is float:
                found[a, i] = w
            else:
                waiting.append((v, w))
    return found


def _put_inputs_first(cost: Any, known: set[Any], samples: Sequence[Any],
                      rows: Sequence[tuple[float, ...]]) -> tuple[list[Any], list[tuple[float, ...]]]:
    """The columns of the data with those that meet parameters in front of the others: x before y."""
    weighted = {v for node in topological_order(cost) if not known.isdisjoint(node.parents) for v in node.parents}
    order = sorted(range(len(samples)), key=lambda i: samples[i] not in weighted)
    return [samples[i] for i in order], [tuple(row[i] for i in order) for row in rows]


def _record(first: Any, factor: float, penalty: Any, over: str, slots: Sequence[Slot],
            rows: Sequence[tuple[float, ...]], known: set[Any]) -> Batch:
    """The first sample with a leaf for each number that differs."""
    node_class = type(first)
    samples = [node_class(number, slot[0].label if slot[1] < 0 else "")
               for slot, number in zip(slots, rows[0], strict=True)]
    leaf_of = dict(zip(slots, samples, strict=True))
    fresh: dict[Any, Any] = {}
    for node in topological_order(first):
        if not node.operation:
            fresh[node] = leaf_of.get((node, -1), node)
            continue
        operands = [leaf_of.get((node, i), v) if v.__class__ is float else fresh[v]
                    for i, v in enumerate(node.operands)]
        changed = any(v is not w for v, w in zip(operands, node.operands, strict=True))
        fresh[node] = node.again(operands) if changed else node
    cost = fresh[first]
    samples, rows = _put_inputs_first(cost, known, samples, rows)
    if over == SUM and factor == 1 / len(rows):
        over, factor = MEAN, 1.0
    return Batch(cost if factor == 1.0 else factor * cost, penalty, over, tuple(samples), tuple(rows))
