"""What the top floor and the documentation need of the derivations and no user calls.

Names may change here without notice.
"""

from .diagnosis import quantity_places
from .general import statement
from .hand_javascript import hand_program
from .lectures import lecture
from .recording import Delta

__all__ = [
    "Delta", "hand_program", "lecture", "quantity_places", "statement",
]
