"""What is said of conventions that a derivation keeps to, and of those under which a single line would be right."""

from collections.abc import Sequence
from dataclasses import replace

from ..judging.declared import own_constant
from ..judging.inputs import Declared, World
from ..reading.declarations import write_declaration
from ..reading.vocabulary import Quantity
from .symbols import join_words, write_quantity

OPPOSITE = "The other sign convention: your δ is −1 times the lecture's, and your gradients are right."
OPPOSITE_BESIDE = "The other sign convention: your δ is −1 times the lecture's. Your lines are judged by it."
OF_THE_MEAN = ("Your δ is that of the mean cost, δ/N, and your gradients are plain sums of it; "
               "the lecture's δ belongs to one sample.")
OF_ONE_SAMPLE = ("Your δ is that of one sample, without the 1/N of the mean, which your gradients have; "
                 "the lecture's δ has it.")
_CONSTANTS = ("cost", "penalty", "biases")


def describe_adopted(lecture: World, declared: Declared) -> list[str]:
    """The notes on conventions that were adopted beside those of ``lecture``."""
    now = lecture.declared
    turned = [(declared.opposite != now.opposite, OPPOSITE), (declared.mean and not now.mean, OF_THE_MEAN),
              (now.mean and not declared.mean and declared.cost == now.cost, OF_ONE_SAMPLE)]
    notes = [lecture.in_letters(note) for differs, note in turned if differs]
    if any(getattr(declared, field) != getattr(now, field) for field in _CONSTANTS):
        notes.append(f"Right for {_write_cost(replace(lecture, declared=declared))}; the lecture has "
                     f"{_write_cost(lecture)}.")
    return notes


def describe_other_cost(lecture: World, declared: Declared, against: Sequence[Quantity] = ()) -> str:
    """For which C a line would be right that stands alone with it; if lines are ``against`` it, that it is no reason.

    These lines are right, and would not be with that C: then it is a stray factor.
    """
    if against:
        world = replace(lecture, declared=declared)
        ratio = own_constant(declared, lecture.vocabulary.conventions).over(
            own_constant(lecture.declared, lecture.vocabulary.conventions))
        only_cost = all(getattr(declared, field) == getattr(lecture.declared, field) for field in ("penalty", "biases"))
        stray = f"A stray factor {ratio.write(' * ').replace(' * ', '·')}" if only_cost else "Another cost is no reason"
        symbols = [write_quantity(quantity, world) for quantity in against]
        if any(quantity.name == "C" for quantity in against):
            return f"{stray}: your own cost is {_write_cost(lecture)}."
        fit = "fits" if len(symbols) == 1 else "fit"
        return f"{stray}: your own {join_words(symbols)} {fit} {_write_cost(lecture)}."
    other = f"It would be right for {_write_cost(replace(lecture, declared=declared))}"
    if lecture.declared.given:
        return f"{other}."
    texts = [f'"{write_declaration(field, getattr(declared, field))}"' for field in _CONSTANTS
             if getattr(declared, field) != getattr(lecture.declared, field)]
    value = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    return f"{other}; if that is your cost, declare it: conventions = {value}."


def _write_cost(world: World) -> str:
    """C as it stands in a world, in one line or, of one sample and of all, in two."""
    return ", ".join(f"{line.left} = {line.right}" for line in world.equations if line.kind == "C")
