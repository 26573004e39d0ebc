"""What is said of conventions that a derivation keeps to, and of those under which a single line would be right."""

from dataclasses import replace

from ..judging.inputs import Declared, World
from ..reading.declarations import write_declaration

OPPOSITE = "The other sign convention: your δ is −1 times the lecture's, and your gradients are right."
OF_THE_MEAN = ("Your δ is that of the mean cost, δ/N, and your gradients are plain sums of it; "
               "the lecture's δ belongs to one sample.")
OF_ONE_SAMPLE = ("Your δ is that of one sample, without the 1/N of the mean, which your gradients have; "
                 "the lecture's δ has it.")
_CONSTANTS = ("cost", "penalty", "biases")


def describe_adopted(lecture: World, declared: Declared) -> list[str]:
    """The notes on conventions that were adopted beside those of ``lecture``."""
    now = lecture.declared
    turned = [(declared.opposite != now.opposite, OPPOSITE), (declared.mean and not now.mean, OF_THE_MEAN),
              (now.mean and not declared.mean, OF_ONE_SAMPLE)]
    notes = [lecture.in_letters(note) for differs, note in turned if differs]
    if any(getattr(declared, field) != getattr(now, field) for field in _CONSTANTS):
        notes.append(f"Right for {_write_cost(replace(lecture, declared=declared))}; the lecture has "
                     f"{_write_cost(lecture)}.")
    return notes


def describe_other_cost(lecture: World, declared: Declared) -> str:
    """For which C a line would be right that stands alone with it."""
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
