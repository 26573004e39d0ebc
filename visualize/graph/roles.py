"""What a card stands for, told by its shape and its colour."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Role:
    """What a card stands for, told by shape and by colour."""

    name: str
    meaning: str
    shape: str
    style: str = "filled"
    peripheries: int = 1
    margin: str = "0.04,0.02"

    @property
    def inset(self) -> float:
        """Points between the outline and what can be written on, for a second outline, a fold or an edge."""
        return 4.0 if self.peripheries > 1 or self.shape in ("box3d", "folder") else 0.0


NUMBER = Role("number", "number, not differentiated", "plain", style="")
LEAF = Role("leaf", "input, target or other leaf", "box", "filled,rounded")
PARAMETER = Role("parameter", "weight or bias", "note")
PRE_ACTIVATION = Role("pre-activation", "pre-activation, carries δ", "box")
ACTIVATION = Role("activation", "activation function", "box3d", margin="0.08,0.07")
OPERATION = Role("operation", "other operation", "box", "filled,dashed")
OUTPUT = Role("output", "output", "box", peripheries=2)
FOLDED = Role("folded", "several nodes, folded", "folder", margin="0.08,0.07")
ROLES = (NUMBER, LEAF, PARAMETER, PRE_ACTIVATION, ACTIVATION, OPERATION, OUTPUT, FOLDED)

ROLE_OF: Mapping[str, Role] = MappingProxyType({role.name: role for role in ROLES})
"""Kind of a node, as ``LayerStructure`` names it -> role."""
