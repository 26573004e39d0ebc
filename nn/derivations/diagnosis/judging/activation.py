"""An activation function, or its derivative, in a formula that was handed in: of each entry, or of a layer of units."""


import numpy as np

from ....ground.activation_formulas import ACTIVATION_FORMULAS, LAYER_FORMULAS
from ....ground.arrays import FloatOrArray, Floats
from ...neutral import Problem


def apply_activation(problem: Problem, layer: int, derivative: bool, value: "FloatOrArray",
                     units_first: bool) -> "FloatOrArray":
    """f or f′ of a layer. Of softmax f′ is the diagonal of its Jacobian: what a slope of each unit would be.

    Args:
        problem: whose layer it is.
        layer: counted from 1.
        derivative: whether f′ is meant.
        value: a number, or an array with the units along an axis.
        units_first: whether that is the first axis where there are two.

    Raises:
        ValueError: softmax of something that has not as many entries along an axis as the layer has units.
    """
    name = problem.activations[layer - 1]
    if name not in LAYER_FORMULAS:
        sigma = ACTIVATION_FORMULAS[name]
        function = sigma.df if derivative else sigma.f
        if np.ndim(value) == 0:
            return float(function(float(value)))
        found: Floats = np.vectorize(function, otypes=[float])(value)
        return found
    formula, units = LAYER_FORMULAS[name], len(problem.weights[-1])
    array = np.atleast_2d(np.asarray(value, dtype=float))
    axes = range(array.ndim) if units_first else reversed(range(array.ndim))
    axis = next((axis for axis in axes if array.shape[axis] == units), None)
    if axis is None:
        raise ValueError(f"{name} takes the {units} units of the output layer")

    def of_units(z: "Floats") -> "Floats":
        numbers = z.tolist()
        return np.diag(formula.differentiate(numbers)) if derivative else np.array(formula.of_layer(numbers))

    applied: Floats = np.apply_along_axis(of_units, axis, array)
    return applied
