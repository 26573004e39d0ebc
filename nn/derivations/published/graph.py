"""The graph of a worked example: leaves, nodes, a step, and which numbers its author printed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from autograd_lite import Value
from autograd_lite.internal import make_label, quote, require_number, to_label

from ...ground.formulas import find_names
from ...ground.suggest import unknown_name
from .arrays import is_array, list_numbers, map_numbers, to_array
from .expressions import evaluate_expression
from .printed import is_decimal
from .steps import MOST_STEPS, Rule, count_steps, read_rule

MOST_NODES, MOST_WORK = 20_000, 1_000_000  # numbers of all nodes, and of all passes
KINDS = ("values", "gradients", "updated", "after")
Place = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One number that was printed: in which pass, of what kind, of which entry of which name."""

    step: int
    kind: str
    name: str
    place: Place
    digits: str


@dataclass(frozen=True)
class ExampleGraph:
    """What a worked example holds; the attributes are the keys of its file.

    Attributes:
        id, title, source, note: what it is called, where it is from, and what is to be said of it.
        output: the node that is differentiated, a number.
        leaves: name -> number, list or matrix. Names under a number k are given anew in pass k.
        nodes: name -> formula of leaves and of nodes before it.
        printed: kind -> name -> digits as text: values and gradients of the first pass, ``updated`` after the steps,
            ``after`` of nodes after the steps, or a name that the step keeps. Under a number k: those of pass k.
        update: the learning rate eta, the parameters, and what else the step needs; see ``read_rule``.
    """

    id: str
    output: str
    leaves: Mapping[str, Any]
    nodes: Mapping[str, str]
    title: str = ""
    source: str = ""
    printed: Mapping[str, Any] = field(default_factory=dict)
    update: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    number: int = 0

    @cached_property
    def rule(self) -> Rule:
        """How the step moves a parameter."""
        return read_rule(self.update)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The leaves that the step moves; those that were printed after it unless [update] names them."""
        passes = [names if kind.isdecimal() else {kind: names} for kind, names in self.printed.items()]
        printed = [name.partition("[")[0] for kinds in passes for name in kinds.get("updated", ())]
        return tuple(self.update.get("parameters", dict.fromkeys(printed)))

    def list_parameters(self, nodes: Mapping[str, Any]) -> list[Value]:
        """The leaves that the step moves, entry by entry, among the nodes of a pass."""
        return [leaf for name in self.parameters for _, leaf in list_entries(nodes[name])]

    def record(self, moved: Mapping[str, Any] | None = None, step: int = 1) -> dict[str, Any]:
        """The graph of a pass: name -> node, or array of nodes, labelled with its name: w₁, W₂₁.

        Args:
            moved: leaves that have other numbers by now.
            step: the pass.

        Raises:
            ValueError: the formula of a node is wrong; says which.
        """
        found: dict[str, Any] = {name: make_leaf(name, value) for name, value in
                                 {**self.list_given(step), **(moved or {})}.items()}
        count = 0
        for name in self.order:
            found[name] = self.evaluate(name, found)
            count += len(list_numbers(found[name]))
            if count > MOST_NODES:
                raise ValueError(f"the nodes up to {name} have {count} numbers; at most {MOST_NODES} are read")
        return found

    @cached_property
    def order(self) -> list[str]:
        """The nodes, each after those that its formula names; in the file's order where that is one."""
        left, found = list(self.nodes), []
        while left:
            ready = next((name for name in left if not self._needs(name) & set(left)), left[0])
            left.remove(ready)
            found.append(ready)
        return found

    def _needs(self, name: str) -> frozenset[str]:
        try:
            return find_names(self.nodes[name]) - {name}
        except (SyntaxError, TypeError, ValueError, RecursionError, MemoryError):  # told when it is evaluated
            return frozenset()

    def list_given(self, step: int) -> dict[str, Any]:
        """The leaves as the file gives them up to a pass."""
        found = {name: value for name, value in self.leaves.items() if not isinstance(value, Mapping)}
        for key in sorted((key for key in self.leaves if key.isdecimal()), key=int):
            found |= self.leaves[key] if int(key) <= step else {}
        return found

    def evaluate(self, name: str, found: Mapping[str, Any]) -> Any:
        """The node of that name, recorded on what it needs. Raises ValueError that names it."""
        formula = self.nodes[name]
        try:
            node = evaluate_expression(formula, found)
        except (ValueError, ArithmeticError) as error:
            raise ValueError(f"the formula of {name}, {quote(formula)}, is wrong: {error}") from error
        if not any(isinstance(entry, Value) for entry in list_numbers(node)):
            raise TypeError(f"the formula of {name}, {quote(formula)}, has no leaf or node in it")
        node = map_numbers(lambda entry: entry if isinstance(entry, Value) else Value(float(entry)), node)
        for place, entry in list_entries(node):
            entry.label = entry.label or label_entry(name, place)
        return node

    def list_printed(self) -> list[Wanted]:
        """Every number that was printed, pass by pass."""
        return sorted(self._list_printed(), key=lambda wanted: (wanted.step, KINDS.index("updated") if wanted.kind
                                                               not in KINDS else KINDS.index(wanted.kind)))

    def _list_printed(self) -> Iterator[Wanted]:
        steps = count_steps(self.update)
        for kind, names in self.printed.items():
            tables = names if kind.isdecimal() else {kind: names}
            for own, found in tables.items():
                first = int(kind) if kind.isdecimal() else steps if own not in KINDS[:2] else 1
                step, shown = (first + 1, "values") if own == "after" else (first, own)
                for name, digits in found.items():
                    for place, text in _list_digits(name, digits):
                        yield Wanted(step, shown, re.split(r"\[", name, maxsplit=1)[0].strip(), place, text)

    def __post_init__(self) -> None:
        """Raises ValueError for an example that is not whole: says what is wrong with it."""
        try:
            self._check()
        except (ValueError, TypeError, AttributeError, ArithmeticError) as error:
            raise ValueError(f"the worked example {self.id} is wrong: {error}") from error

    def _check(self) -> None:
        if not isinstance(self.number, int):
            raise TypeError(f"number must be a whole number, not {quote(self.number)}")
        for key, table in (("leaves", self.leaves), ("nodes", self.nodes), ("printed", self.printed),
                           ("update", self.update)):
            if not isinstance(table, Mapping):
                raise TypeError(f"[{key}] is a table of names, not {quote(table)}")
        for name in (*self.leaves, *self.nodes):
            if name in self.leaves and name in self.nodes:
                raise ValueError(f"{name} is a leaf and a node")
            if not name.isidentifier() and not (name.isdecimal() and name in self.leaves):
                raise ValueError(f"{quote(name)} cannot be a name; a name has letters, digits and _, as in w1")
        nodes = self.record()
        if self.output not in nodes:
            raise unknown_name("name", self.output, nodes)
        if not isinstance(nodes[self.output], Value):
            raise ValueError(f"the output {self.output} is a list; it must be one number, such as a sum of it")
        _check_parameters(self, nodes)
        self._check_printed(nodes)

    def _check_printed(self, nodes: Mapping[str, Any]) -> None:
        for kind, names in self.printed.items():
            for own, found in (names if kind.isdecimal() else {kind: names}).items():
                if own not in (*KINDS, *self.rule.assigned):
                    raise unknown_name("kind of printed number", own, (*KINDS, *self.rule.assigned, "2"))
                if not isinstance(found, Mapping):
                    raise TypeError(f"[printed.{own}] is a table of names and digits, not {quote(found)}")
            if kind.isdecimal() and not 1 <= int(kind) <= MOST_STEPS:
                raise ValueError(f"the pass [printed.{kind}] is not from 1 to {MOST_STEPS}")
        passes = max((wanted.step for wanted in self.list_printed()), default=1)
        count = sum(len(list_numbers(nodes[name])) for name in nodes)
        if passes * count > MOST_WORK:
            raise ValueError(f"{passes} passes of {count} numbers are too many; at most {MOST_WORK // count} are run")
        for wanted in self.list_printed():
            known = nodes if wanted.kind in KINDS[:2] else self.parameters
            if wanted.name not in known:
                raise unknown_name(f"name among the printed {wanted.kind}", wanted.name, known)
            if not isinstance(wanted.digits, str) or not is_decimal(wanted.digits):
                raise ValueError(f"the printed {wanted.name} must be a number in quotation marks, such as \".3775\", "
                                 f"not {quote(wanted.digits)}")
            if wanted.place not in [place for place, _ in list_entries(nodes[wanted.name])]:
                raise ValueError(f"the printed {wanted.name} has another shape than {wanted.name} has")


def _check_parameters(example: ExampleGraph, nodes: Mapping[str, Any]) -> None:
    parameters = example.update.get("parameters", example.parameters)
    if isinstance(parameters, str) or not all(isinstance(name, str) for name in parameters):
        raise TypeError('parameters in [update] is a list of names, such as ["w1", "w2"]')
    for name in parameters:
        if name not in nodes:
            raise unknown_name("name", name, nodes)
        if name in example.nodes:
            raise ValueError(f"{name} in [update] is a node; a step moves leaves")
    if parameters and not example.update:
        raise ValueError("numbers after a step are printed; [update] must say which step, with eta and parameters")
    if example.update and not parameters:
        raise ValueError("[update] needs parameters, the leaves that a step moves")
    _ = example.rule  # raises for what is wrong in it


def make_leaf(name: str, value: Any) -> Any:
    """Leaves of fresh nodes, for a number or nested lists of them."""
    found = to_array(list(value)) if isinstance(value, list | tuple) else value
    numbers = map_numbers(lambda number: Value(require_number(number, name)), found)
    for place, leaf in list_entries(numbers):
        leaf.label = label_entry(name, place)
    if not list_numbers(numbers):
        raise ValueError(f"the leaf {name} is an empty list")
    return numbers


def list_entries(value: Any) -> list[tuple[Place, Any]]:
    """Every entry of a node or an array, with its place."""
    if not is_array(value):
        return [((), value)]
    import numpy as np

    return [(place, value[place]) for place in np.ndindex(value.shape)]


@lru_cache(1024)
def label_entry(name: str, place: Place) -> str:
    """w₁ for ``w1``; an entry of a list has its index, from 1: z₂, W₂₁, and z₂⁽¹⁾ of ``z1``."""
    found = re.fullmatch(r"(.*?[^\W\d_])(\d+)", name)
    if not place:
        return to_label(name)
    letter, layer = (found[1], found[2]) if found else (name, None)
    return make_label(letter, *(i + 1 for i in place), layer=layer)


def _list_digits(name: str, digits: Any) -> Iterator[tuple[Place, Any]]:
    """The digits of each entry; an empty text is none."""
    found = re.fullmatch(r"\w+\s*((?:\[[\d,\s]+\])*)", name)
    start = tuple(int(number) for number in re.findall(r"\d+", found[1])) if found else ()

    def walk(part: Any, place: Place) -> Iterator[tuple[Place, Any]]:
        if isinstance(part, list | tuple):
            for i, inner in enumerate(part):
                yield from walk(inner, (*place, i))
        elif part != "":
            yield place, part.replace("−", "-").strip("≈~+ ") if isinstance(part, str) else part

    yield from walk(digits, start)
