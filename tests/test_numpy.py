"""NumPy beside nodes: its scalars on either side, object arrays of nodes, comparisons."""

import numpy as np
import pytest

from autograd_lite import Value, affine, exp, grad, total

SCALARS = [np.float64(2), np.float32(2), np.int64(2), np.int8(2), np.uint16(2)]


@pytest.mark.parametrize("scalar", SCALARS, ids=lambda s: type(s).__name__)
def test_scalars_on_the_left_record_a_node(scalar: np.generic) -> None:
    v = Value(3.0, "v")
    for made, data, slope in ((scalar * v, 6.0, 2.0), (scalar + v, 5.0, 1.0), (scalar - v, -1.0, -1.0),  # type: ignore[operator]
                              (scalar / v, 2 / 3, -2 / 9), (scalar**v, 8.0, 8 * np.log(2))):  # type: ignore[operator]
        assert isinstance(made, Value)
        assert made.data == pytest.approx(data)
        assert all(type(operand) in (float, Value) for operand in made.operands)
        assert grad(made, [v]) == pytest.approx((slope,))


@pytest.mark.parametrize("scalar", SCALARS, ids=lambda s: type(s).__name__)
def test_comparisons_from_either_side(scalar: np.generic) -> None:
    v = Value(3.0)
    assert bool(scalar < v)
    assert bool(scalar <= v)
    assert bool(v > scalar)
    assert not bool(scalar > v)
    assert not bool(scalar >= v)
    assert not bool(v < scalar)


def test_object_arrays_of_nodes_add_and_multiply() -> None:
    w = np.array([Value(1.0, "w₁"), Value(2.0, "w₂")], dtype=object)
    x = np.array([3.0, 4.0])
    z = (w * x).sum()
    assert isinstance(z, Value)
    assert z.data == 11.0
    assert grad(z, list(w)) == (3.0, 4.0)
    assert (w @ x).data == 11.0
    assert grad(np.prod(w), list(w)) == (2.0, 1.0)
    assert [v.data for v in w + 1] == [2.0, 3.0]
    assert [v.data for v in 2 ** w] == [2.0, 4.0]
    matrix = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]], dtype=object)
    assert [v.data for v in matrix @ x] == [11.0, 25.0]


def test_a_node_with_an_array_works_element_by_element() -> None:
    v = Value(2.0, "v")
    row = np.array([1.0, 2.0, 3.0])
    for made, expected in ((v * row, [2, 4, 6]), (row * v, [2, 4, 6]), (v + row, [3, 4, 5]), (row - v, [-1, 0, 1]),
                           (v / row, [2, 1, 2 / 3]), (v**row, [2, 4, 8]), (row**v, [1, 4, 9])):
        assert isinstance(made, np.ndarray)
        assert [node.data for node in made] == pytest.approx(expected)
    assert grad((v * row).sum(), [v]) == (6.0,)
    assert (v < row).tolist() == [False, False, True]  # type: ignore[attr-defined]  # an array, says NumPy
    assert (row >= v).tolist() == [False, True, True]


def test_arrays_as_sequences_of_operands() -> None:
    weights = [Value(1.0), Value(2.0)]
    assert affine(weights, np.array([3, 4])).data == 11.0
    assert affine(np.array(weights, dtype=object), [3, 4]).data == 11.0
    assert total(np.array([1.0, 2.0])).data == 3.0


def test_data_may_come_from_numpy_and_stays_a_float() -> None:
    for scalar in SCALARS:
        assert type(Value(scalar).data) is float  # type: ignore[arg-type]
    v = Value(1.0)
    v.data = np.float64(2.0)
    assert type(v.data) is float
    assert type(exp(np.float32(0.0)).data) is float  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="must be a number, not array"):
        Value(np.array([1.0, 2.0]))  # type: ignore[arg-type]
