"""The live page: a graph to step through in a browser, with numbers that can be changed. One file, offline.

What the page shows and computes comes from the trace, the table of operations and the lecture's lines. What only a
page needs is imported with the first one.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from autograd_lite import Trace, Value, trace
from autograd_lite.internal import list_sweep, quote

if TYPE_CHECKING:
    from nn.derivations import Comparison, Recording

    from .live_page import Page

_MOST_STEPS = 10_000  # of the recursion without a topological order; more of them nobody would follow


def page(output: "Value | Trace | Recording", *, by_hand: "Comparison | None" = None, title: str = "", about: str = "",
         eta: float = 0.1, parameters: Sequence[str] | None = None) -> "Page":
    """A page that steps through the graph of ``output``, both passes, and recomputes it as numbers are changed.

    Where the backward pass fails, the steps end there with the reason; they go on once other numbers allow it.

    Args:
        output: a node, its trace, or a lecture's recording, whose δ is named.
        by_hand: a comparison of the same lecture and settings, whose formulas and numbers stand beside the engine's.
        title, about: the heading, and a line under it.
        eta: the learning rate of a gradient step, which the reader may change.
        parameters: names of the leaves that a gradient step moves; the weights and biases if None, and all leaves where
            there are none.

    Raises:
        ValueError: a trace of another order than the topological one, a parameter that is no leaf, or a node with more
            than 2046 operands.
        what ``trace`` and ``draw`` raise.
    """
    from nn.derivations import Recording
    from nn.internal import unknown_name

    from ..steps.equations import in_letters
    from .live_page import Page
    from .page_data import make_page_data

    lecture = output if isinstance(output, Recording) else None
    node = output.cost if isinstance(output, Recording) else output
    recorded = node if isinstance(node, Trace) else trace(node)
    if recorded.order != "topological":
        raise ValueError(f"a page shows right gradients; the trace is of the order {quote(recorded.order)}")
    few = _count_recursive_steps(recorded) <= _MOST_STEPS
    recursive = list(list_sweep(recorded.nodes, "recursive")) if few else None
    recorded = in_letters(recorded, lecture) if lecture else recorded
    leaves = [node.name for node in recorded.nodes if not node.operation]
    for name in parameters or ():
        if name not in leaves:
            raise unknown_name("leaf", name, leaves)
    title = title or f"Backpropagation of {recorded.output}"
    return Page(make_page_data(recorded, recursive, lecture, by_hand, title, about, eta, parameters))


def _count_recursive_steps(recorded: Trace) -> int:
    """How many steps a recursion without a topological order makes: every node passes on as often as it is reached."""
    visits = {node.name: 0 for node in recorded.nodes} | {recorded.output: 1}
    steps = 1
    for node in reversed(recorded.nodes):
        for operand in node.operands:
            if isinstance(operand, str):
                visits[operand] += visits[node.name]
                steps += visits[node.name]
    return steps
