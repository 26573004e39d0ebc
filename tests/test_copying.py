"""Copies of nodes keep the identity of the graph: by deepcopy, copy and pickle, at any depth, several nodes together."""

import copy
import io
import pickle
import threading
from collections.abc import Callable
from typing import Any

import pytest
from threads import in_a_small_thread

from autograd_lite import StaleGraphWarning, Value, affine, grad, logsumexp, sigmoid, topological_order, total, trace
from autograd_lite.clock import NAMES
from nn import MLP

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def through_pickle(protocol: int) -> Callable[[Any], Any]:
    return lambda thing: pickle.loads(pickle.dumps(thing, protocol))  # noqa: S301


COPIERS: dict[str, Callable[[Any], Any]] = {
    "deepcopy": copy.deepcopy,
    **{f"pickle {p}": through_pickle(p) for p in PROTOCOLS},
    "pickle in Python": lambda thing: pickle._loads(pickle._dumps(thing)),  # type: ignore[attr-defined]
}


def graph() -> tuple[Value, Value, Value]:
    """x, an inner z, and an output with every kind of node: unary, binary, n-ary, with numbers and without."""
    x, w = Value(2.0, "x"), Value(0.5, "w")
    z = affine([w, 3.0], [x, w], 1.0)
    z.label = "z"
    y = total([sigmoid(z), z * x, x**2, 1.0]) / logsumexp([x, 0.5]) - x
    y.backward()
    return x, z, y


def alike(first: Value, second: Value) -> bool:
    """Whether two graphs are the same in everything but the identity of their nodes."""
    old, new = topological_order(first), topological_order(second)
    place, new_place = {node: i for i, node in enumerate(old)}, {node: i for i, node in enumerate(new)}

    def content(node: Value, places: dict[Value, int]) -> tuple[object, ...]:
        operands = [places[v] if isinstance(v, Value) else v for v in node.operands]
        parents = [places[v] for v in node.parents]
        return (node.data, node.grad, node.label, node.operation, operands, parents, node.partials)

    same = [content(node, place) for node in old] == [content(node, new_place) for node in new]
    return same and not set(old) & set(new)


@pytest.mark.parametrize("copier", COPIERS)
def test_a_copy_is_the_same_graph_of_other_nodes(copier: str) -> None:
    _, _, y = graph()
    copied = COPIERS[copier](y)
    assert alike(y, copied)
    copied.backward()
    assert not alike(y, copied), "gradients of the copy are its own"


@pytest.mark.parametrize("copier", COPIERS)
def test_several_nodes_together_stay_one_graph(copier: str) -> None:
    x, z, y = graph()
    for nodes in ([x, z, y], [y, z, x], [z, x, y]):
        copied = dict(zip(nodes, COPIERS[copier](nodes), strict=True))
        assert copied[x] in copied[z].parents
        assert {copied[x], copied[z]} <= set(topological_order(copied[y]))
        assert alike(y, copied[y])
    nested = COPIERS[copier]({"a": (x, [y]), "b": x})
    assert nested["a"][0] is nested["b"]
    assert nested["b"] in topological_order(nested["a"][1][0])


@pytest.mark.exhaustive
@pytest.mark.parametrize("copier", COPIERS)
def test_depth_is_not_limited(copier: str) -> None:
    depth = 100_000 if copier in ("deepcopy", "pickle 5") else 5_000
    x = Value(1.0)
    y = x
    for _ in range(depth):
        y = y + 1.0
    new_x, new_y = COPIERS[copier]([x, y])
    new_y.backward()
    assert (new_x.grad, x.grad, new_y.data) == (1.0, 0.0, depth + 1.0)
    alone = COPIERS[copier](y)
    assert len(topological_order(alone)) == depth + 1


@pytest.mark.exhaustive
def test_depth_in_a_thread_with_a_small_stack() -> None:
    lengths: list[int] = []

    def run() -> None:
        y = Value(1.0)
        for _ in range(100_000):
            y = y + 1.0
        lengths.append(len(topological_order(copy.deepcopy(y))))
        lengths.append(len(topological_order(pickle.loads(pickle.dumps(y)))))  # noqa: S301

    in_a_small_thread(run)
    assert lengths == [100_001, 100_001]


def test_a_shallow_copy_has_the_same_parents() -> None:
    _, z, _ = graph()
    copied = copy.copy(z)
    assert copied is not z
    assert copied.parents == z.parents
    assert copied.partials == z.partials


def test_a_pickle_that_fails_does_not_spoil_the_next() -> None:
    x, _, y = graph()
    with pytest.raises((TypeError, AttributeError, pickle.PicklingError)):
        pickle.dumps([y, lambda: None])
    copied_x, copied_y = pickle.loads(pickle.dumps([x, y]))  # noqa: S301
    assert copied_x in topological_order(copied_y)
    assert alike(y, copied_y)


def test_one_pickler_for_several_dumps_keeps_identity() -> None:
    x, z, _ = graph()
    file = io.BytesIO()
    pickler = pickle.Pickler(file)
    pickler.dump(z)
    pickler.dump(x)
    file.seek(0)
    unpickler = pickle.Unpickler(file)  # noqa: S301
    new_z = unpickler.load()
    assert unpickler.load() in new_z.parents


def test_a_second_pickler_while_the_first_is_alive() -> None:
    y = Value(1.0)
    for _ in range(20_000):
        y = y + 1.0
    first = pickle.Pickler(io.BytesIO())
    first.dump(y)
    assert pickle.loads(pickle.dumps(y.parents[0])).data == 20_000.0  # noqa: S301


def test_pickled_derivatives_leave_the_clock_an_ordinary_one(monkeypatch: pytest.MonkeyPatch) -> None:
    x, other = Value(2.0, "x"), Value(1.0)
    y = x * x * x
    other.data = 2.0  # so that the derivatives, and they alone, are recorded at a later time
    slope = grad(y, [x], create_graph=True)[0]
    data = pickle.dumps(slope)
    monkeypatch.setitem(NAMES, "clock", 0)  # as in the process that reads it
    pickle.loads(data)  # noqa: S301
    x = Value(3.0, "x")
    y = x * x
    x.data = 4.0
    with pytest.warns(StaleGraphWarning):
        assert grad(y, [x]) == (8.0,)


def test_two_threads_may_pickle_the_same_graph() -> None:
    _, _, y = graph()
    made: list[bytes] = []
    threads = [threading.Thread(target=lambda: made.extend(pickle.dumps(y) for _ in range(50))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 200
    assert all(alike(y, pickle.loads(data)) for data in made)  # noqa: S301


@pytest.mark.parametrize("copier", ["deepcopy", "pickle 5"])
def test_a_copy_knows_when_its_leaves_move(copier: str) -> None:
    x, _, y = graph()
    x.data = 2.5  # y is stale, and so is its copy; a graph of the copy recorded later is not
    new_x, new_y = COPIERS[copier]([x, y])
    with pytest.warns(StaleGraphWarning, match="x"):
        moved = grad(new_y, [new_x])
    with pytest.warns(StaleGraphWarning):
        assert grad(y, [x]) == moved
    assert grad(new_x * 2, [new_x]) == (2.0,)
    later = new_x * 3
    new_x.data = 1.0
    with pytest.warns(StaleGraphWarning):
        trace(later)


def test_a_network_can_be_copied_and_saved() -> None:
    net = MLP(2, [3, 1], "tanh", seed=1)
    for copied in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):  # noqa: S301
        assert copied([1.0, 2.0]).data == net([1.0, 2.0]).data  # type: ignore[union-attr]
        copied.parameters()[0].data = 5.0
        assert net.parameters()[0].data != 5.0
