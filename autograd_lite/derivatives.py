"""Records derivatives as nodes, and uses a node again where the same one is recorded twice.

The derivative of a derivative mentions the same products over and over. Recorded anew each time, the graph of the n-th
derivative grows by a factor of about 4 with n; with nodes used again, by about 2.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from .clock import DERIVATIVES
from .readings import Reading, compile_row

Recorder = Callable[..., Any]

NODE_WORDS: dict[str, Recorder] = {"number": lambda v: getattr(v, "_data", v)}
"""Operation name -> the function that records it in a derivative: what the words of rows mean for nodes."""
_NODE_READING = Reading(NODE_WORDS, operators=False)


@cache
def compile_for_nodes(name: str) -> Mapping[str, Recorder]:
    """The row's partials read on nodes, compiled at first use: derivatives of derivatives are asked for rarely."""
    return compile_row(name, _NODE_READING).partials


def make_reusing_recorder(name: str, record: Recorder, of_numbers: Recorder | None, node_class: type) -> Recorder:
    """The function that records ``name`` in a derivative.

    It returns a node that was recorded with the same operands if there is one, a number if no operand is a node, and a
    itself for a · 1 and a + 0.

    Args:
        record: the recorder of the operation.
        of_numbers: the value of the operation for floats; None for an n-ary one, which always makes a node.
    """
    neutral = {"mul": 1.0, "add": 0.0}.get(name)

    def record_or_reuse(*operands: Any) -> Any:
        if of_numbers is not None and not any(v.__class__ is node_class for v in operands):
            return of_numbers(*operands)
        if neutral is not None:
            a, b = operands
            if a.__class__ is not node_class and a == neutral:
                return b
            if b.__class__ is not node_class and b == neutral:
                return a
        known = DERIVATIVES.get()
        if known is None:
            return record(*operands)
        key = make_key(name, operands, node_class)
        if key not in known.nodes:
            known.nodes[key] = record(*operands)
        return known.nodes[key]

    return record_or_reuse


def make_key(name: str, operands: Sequence[Any], node_class: type) -> tuple[Any, ...]:
    """What tells a node from others: its operation and its operands, nodes by identity."""
    return (name, *(id(v) if v.__class__ is node_class else make_key("", v, node_class) if isinstance(v, list | tuple)
                    else float(v) for v in operands))
