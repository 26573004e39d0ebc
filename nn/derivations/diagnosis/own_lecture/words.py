"""How a lecture file writes what a sentence to the student is about: its letters, its numbers of layers, its lines."""

from collections.abc import Mapping

from autograd_lite.internal import make_label

from ...compared import Equation
from ...lecture_file.display import Display
from ...lecture_file.grammar import Statement
from ...lecture_file.layout import Place as FilePlace
from ...lecture_file.notation import ON_PARAMETERS
from ...lectures.layered import Place
from ..telling.symbols import Writer
from .world import FileWorld


class FileWriter(Writer):
    """The symbols and lines of a file."""

    world: FileWorld

    @property
    def _display(self) -> Display:
        return Display(self.world.declared_file.notation, None if self.general else self.world.file_layout.depth)

    def of(self, kind: str, step: int = 0) -> str:
        notation, display = self.world.declared_file.notation, self._display
        if kind == "C":
            return notation.letters["cost"]
        other = {"post": "delta", "pre": "dpost"}[notation.delta.of]  # the one of ∂C/∂z and ∂C/∂a that is not δ
        if kind == other:
            return f"∂{notation.letters['cost']}/∂{self.of('pre' if kind == 'delta' else 'post', step)}"
        name = "delta" if kind == "dpost" else kind
        if name in ("db", "b_new", "b") and name not in notation.names:
            name = name.replace("b", "W")
        if notation.form == "scalars":
            layer = (self.place.layer or self.world.vocabulary.depth) + step
            return notation.letters["input"] if name == "post" and layer == 0 else display.label(
                name, *notation.index(name, layer))
        return make_label(display.letter(name), layer=self._write_number(name, step))

    def _write_number(self, kind: str, step: int) -> str:
        notation = self.world.declared_file.notation
        if not self.general:
            layer = (self.place.layer or self.world.vocabulary.depth) + step
            return self._display.number(str(notation.number(kind, layer)))
        source = notation.weight_number == "source"
        base, offset = self._find_base()
        offset += step - source * (kind in ON_PARAMETERS)
        return f"{base}{offset:+d}".replace("-", "−") if offset else base

    def _find_base(self) -> tuple[str, int]:
        """The index of the layer in the line, and what makes of it the number of the layer's vectors."""
        statement = self._find_statement(self.place.kind)
        notation = self.world.declared_file.notation
        kind = self._file_kind(self.place.kind)
        slots = notation.slots(kind)
        if statement is None or "layer" not in slots:
            return "l", 0
        name, offset = statement.patterns[slots.index("layer")]
        shift = notation.weight_number == "source" and kind in ON_PARAMETERS
        return (str(name), offset + shift) if name else ("", offset + shift)

    def _file_kind(self, kind: str) -> str:
        notation = self.world.declared_file.notation
        found = "delta" if kind == "dpost" else kind
        return found if found in notation.names else found.replace("b", "W")

    def words(self) -> dict[str, str]:
        letters = self.world.declared_file.notation.letters
        return super().words() | {"eta": letters["rate"], "lam": letters["strength"]}

    def _residual(self, post: str) -> str:
        notation = self.world.declared_file.notation
        target = notation.letters["target"]
        if not self.conventions.loss.of_class and not self.world.declared.class_1:
            target = f"(1 − {target})"
        opposite = self._is_opposite and self.place.kind != "dpost"
        return f"{target} − {post}" if opposite else f"{post} − {target}"

    def _penalty(self) -> str:
        letters = self.world.file.notation.letters
        strength, weight = letters["strength"], letters["weight"]
        found = super()._penalty().replace("λ", strength).replace("sign(w)", f"sign({weight})")
        return found.replace(f"{strength}w", f"{strength}{weight}")

    def equation(self, kind: str) -> Equation | None:
        statement = self._find_statement(kind)
        if statement is None:
            return None
        notation, display = self.world.declared_file.notation, self._display
        known: Mapping[str, int] = {}
        if not self.general or notation.form == "scalars":
            at = self._find_entry(kind)
            if at is not None:
                slots = notation.slots(at.kind)
                index = dict(zip(slots, self.world.file_layout.index(at), strict=True))
                pairs = zip(statement.patterns, slots, strict=True)
                of_layers = [pattern for pattern, slot in pairs if slot == "layer"]
                known = {name: index["layer"] - offset for name, offset in of_layers
                         if name and name not in notation.constants}
                known |= {name: int(notation.number("pre", self.world.file_layout.depth))
                          for name, what in notation.constants.items() if what == "last"}
        return Equation(kind, display.write(statement.left, known), display.write(statement.right, known))

    def _find_entry(self, kind: str) -> FilePlace | None:
        """An entry of the quantity, of a unit and source that are not the biases."""
        layer = self.place.layer or self.world.vocabulary.depth
        if self.place.layer is None and kind == "delta" and self.general:
            layer = self.world.vocabulary.depth
        biases = kind in ("db", "b_new")
        entries = list(self.world.list_entries(Place(
            self._file_kind(kind) if self.world.layout.joined and biases else kind, None if kind == "C" else layer)))
        zero = [at for at in entries if len(at.units) == 2 and at.units[1] == 0]
        return next((at for at in (zero if biases and zero else entries) if biases or at not in zero), None)

    def _find_statement(self, kind: str) -> Statement | None:
        at = self._find_entry(kind)
        return None if at is None else self.world.find_line(at, self.general)

