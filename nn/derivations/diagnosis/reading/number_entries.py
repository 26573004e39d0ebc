"""Numbers that were handed in: the entries of one quantity, as an array of the lecture's shape."""

from collections.abc import Callable, Mapping

import numpy as np

from autograd_lite.internal import quote

from ...lectures.layered import Place
from .answers import Given, Numbers
from .vocabulary import VECTORS, Quantity, Vocabulary
from .written_numbers import format_written, half_unit, read_written_numbers, to_arrays

Shape = tuple[int, ...]


def read_numbers(quantity: Quantity, value: Given, find_shape: Callable[[Place], Shape],
                 vocabulary: Vocabulary) -> Numbers:
    """All numbers of a quantity; ``value`` is one number, or lists nested as the lecture's array is.

    Raises:
        ValueError: a general quantity of several layers, no number, or another shape; TypeError: no number.
    """
    if quantity.general:
        quantity = _name_its_layer(quantity, vocabulary)
    place = quantity.places[0]
    texts = read_written_numbers(value)
    numbers, half = to_arrays(texts, quantity.name)
    wanted = find_shape(place)
    shape = _choose_shape(place, numbers.shape, wanted)
    if shape is None:
        raise ValueError(f"it needs {describe_shape(wanted)}, and was given {describe_shape(numbers.shape)}")
    if shape == numbers.shape[::-1] != numbers.shape:
        numbers, half = numbers.T, half.T
    return Numbers(quantity, numbers.reshape(shape), half.reshape(shape), format_written(texts))


def _name_its_layer(quantity: Quantity, vocabulary: Vocabulary) -> Quantity:
    """A quantity of any layer as that of the only layer there is. Raises ValueError if there are more."""
    first, *others = quantity.places
    if others:
        raise ValueError(f"numbers belong to one layer: write {quote(vocabulary.name(first))}, and so on")
    return Quantity(vocabulary.name(first), quantity.places)


def _choose_shape(place: Place, given: Shape, wanted: Shape) -> Shape | None:
    """The shape in which numbers of a ``given`` shape are kept; None if they do not fit."""
    if given == wanted or (given == () and wanted in ((1,), (1, 1))):
        return wanted
    if len(given) == 2 and given == wanted[::-1]:
        if place.kind in VECTORS:  # samples side by side, as the column sheet has them
            return wanted
        if place.kind in ("dW", "W_new"):  # rows and columns have changed places, which is to be judged
            return given
    return None


def describe_shape(shape: Shape) -> str:
    if not shape:
        return "one number"
    if len(shape) == 1:
        return "a list of one number" if shape[0] == 1 else f"{shape[0]} numbers"
    return f"{shape[0]} rows of {shape[1]}" if len(shape) == 2 else "lists nested deeper"


def assemble_elements(place: Place, given: Mapping[tuple[int, ...], Given], shape: Shape,
                      vocabulary: Vocabulary) -> Numbers:
    """Single numbers of one quantity, index -> number, as its array; NaN where none was given.

    Raises:
        ValueError: an index outside the array, or no number; TypeError: something else than one number.
    """
    value, half, texts = np.full(shape, np.nan), np.zeros(shape), np.full(shape, "", dtype=object)
    for index, number in given.items():
        name = f"{vocabulary.name(place)}[{', '.join(map(str, index))}]"
        if len(index) != value.ndim or any(i >= n for i, n in zip(index, value.shape, strict=True)):
            raise ValueError(f"there is no {name}: {vocabulary.name(place)} has {describe_shape(value.shape)}, "
                             "counted from 0")
        texts[index] = text = _read_element(name, number)
        value[index], half[index] = float(text), half_unit(text)
    return Numbers(Quantity(vocabulary.name(place), (place,)), value, half, format_written(texts.tolist()))


def _read_element(name: str, number: Given) -> str:
    """One number as the text that was written. Errors start with the name of the element."""
    try:
        text = read_written_numbers(number)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from None
    if isinstance(text, list):
        raise TypeError(f"{name} must be one number")
    return text
