"""What the top floor and the documentation need of the derivations and no user calls.

Names may change here without notice.
"""

from .diagnosis import quantity_places
from .general import write_general_statement
from .hand_javascript import write_hand_javascript
from .lectures import find_lecture
from .recording import Delta

__all__ = [
    "Delta",
    "find_lecture",
    "quantity_places",
    "write_general_statement",
    "write_hand_javascript",
]
