"""Which layer l and m are in a formula that was handed in without its left side.

A lecture may put its lines as ``δᵢ⁽ˡ⁻¹⁾ = …`` or ``z⁽ˡ⁺¹⁾ = …``, so that l is not the layer of the quantity. Where the
left side was written it decides. Else l is read in the way in which most names of the formula are those that a line
about such a quantity uses, and as the quantity's own layer if both ways are equal.
"""

import ast
from collections.abc import Iterator, Mapping

from ...lectures.layered import LayeredLecture, Place
from .index_notation import Left
from .indices import read_layer
from .unit_indices import split_units
from .vocabulary import BACK, Vocabulary

_USES: Mapping[str, frozenset[tuple[str, int]]] = {
    "pre": frozenset({("post", -1), ("W", 0), ("b", 0)}), "post": frozenset({("pre", 0)}),
    "dpost": frozenset({("delta", 1), ("W", 1), ("post", 0)}),
    "delta": frozenset({("delta", 1), ("W", 1), ("pre", 0), ("post", 0), ("dpost", 0)}),
    "dW": frozenset({("delta", 0), ("post", -1), ("W", 0)}), "db": frozenset({("delta", 0)}),
    "W_new": frozenset({("W", 0), ("dW", 0), ("delta", 0), ("post", -1)}),
    "b_new": frozenset({("b", 0), ("db", 0), ("delta", 0)}),
}
"""What a line about each kind uses, and how many layers from its own."""


def choose_letters(vocabulary: Vocabulary, tree: ast.expr, place: Place, left: Left) -> Mapping[str, int]:
    """Letter of a layer -> its number in the lecture, for the formula of a place."""
    plain = vocabulary.layer_letters(place)
    raised = list(_list_raised(vocabulary, tree))
    if place.layer is None or not raised:
        return plain
    number = vocabulary.number_of(place.kind, place.layer)
    if left.letter in plain and left.letter != vocabulary.last:
        return plain | {left.letter: number - left.added}
    ways = [plain, *_list_ways(vocabulary, tree, place, number, plain)]
    here, of = place.layer, place.kind
    return max(ways, key=lambda letters: _count_in_place(vocabulary, raised, here, of, letters))


def _list_ways(vocabulary: Vocabulary, tree: ast.expr, place: Place, number: int,
               plain: Mapping[str, int]) -> Iterator[dict[str, int]]:
    lecture = vocabulary.lecture
    if not isinstance(lecture, LayeredLecture):
        return
    kind = place.kind if place.kind not in BACK else (
        "delta_output" if place.layer == vocabulary.depth else "delta_hidden")
    line = lecture.line_for(kind, vocabulary.settings)
    name, added = line.index(lecture.layer_at) if line else (None, 0)
    if name in plain and name != lecture.last:
        yield {**plain, name: number - added}  # type: ignore[dict-item]  # a name of plain is no None
    if vocabulary.conventions.input_layer is None and "m" not in {
            node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}:
        # l is the output layer there, and in a line for any layer without m it is any layer
        yield from ({**plain, "l": number - a} for a in {0, added, added - 1})


def _list_raised(vocabulary: Vocabulary, tree: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The kind of each name that bears the number of a layer, and that number."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="raised"), args=[ast.Name(id=name), index]):
                kind = vocabulary.kind_of(split_units(name, raised=True)[0])
                if kind:
                    yield kind, index


def _count_in_place(vocabulary: Vocabulary, raised: list[tuple[str, ast.expr]], here: int, of: str,
                    letters: Mapping[str, int]) -> int:
    """How many of these names a line about such a quantity uses, less those that it does not."""
    count = 0
    for kind, index in raised:
        try:
            layer = read_layer(index, dict(letters)) - vocabulary.number_of(kind, 0)
        except ValueError:
            return -len(raised)
        count += 1 if (kind, layer - here) in _USES[of] else -1
    return count
