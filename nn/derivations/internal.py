"""What the top floor and the documentation need of the derivations and no user calls.

Names may change here without notice.
"""

from typing import TYPE_CHECKING

from ..ground.late_names import make_late_names

if TYPE_CHECKING:
    from .diagnosis.check import quantity_places
    from .diagnosis.judging.drawn_settings import draw_settings
    from .general import write_general_statement
    from .hand_javascript import write_hand_javascript
    from .lecture_file.compare import compare_lecture
    from .lecture_file.critique import draw_numbers
    from .lecture_file.javascript import write_file_javascript
    from .lecture_file.network import record_lecture
    from .lecture_file.numbers import read_example
    from .lecture_file.report import Critique, read_critically
    from .lecture_file.second_reading import find_built_in
    from .lectures import find_lecture, is_lecture_path
    from .own_program.checking import check_code_file
    from .published import DISAGREES, FOLLOWS, is_example_file
    from .recording import Delta
else:
    __getattr__, __dir__ = make_late_names(__name__, {
        ".diagnosis": ("quantity_places",), ".general": ("write_general_statement",),
        ".hand_javascript": ("write_hand_javascript",), ".lecture_file.javascript": ("write_file_javascript",),
        ".lecture_file.network": ("record_lecture",),
        ".lecture_file.numbers": ("read_example",),
        ".lecture_file.compare": ("compare_lecture",), ".lecture_file.critique": ("draw_numbers",),
        ".diagnosis.judging.drawn_settings": ("draw_settings",), ".own_program.checking": ("check_code_file",),
        ".lecture_file.report": ("Critique", "read_critically"), ".lecture_file.second_reading": ("find_built_in",),
        ".lectures": ("find_lecture", "is_lecture_path"), ".published": ("DISAGREES", "FOLLOWS", "is_example_file"),
        ".recording": ("Delta",),
    })

__all__ = [
    "DISAGREES",
    "FOLLOWS",
    "Critique",
    "Delta",
    "check_code_file",
    "compare_lecture",
    "draw_numbers",
    "draw_settings",
    "find_built_in",
    "find_lecture",
    "is_example_file",
    "is_lecture_path",
    "quantity_places",
    "read_critically",
    "read_example",
    "record_lecture",
    "write_file_javascript",
    "write_general_statement",
    "write_hand_javascript",
]
