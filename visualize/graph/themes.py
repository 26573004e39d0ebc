"""The colours of pictures, light and dark."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours: Okabe and Ito's palette, which the colour-blind can tell apart, lightened or darkened."""

    paper: str
    ink: str
    line: str
    wrong: str
    positive: str
    negative: str
    fills: dict[str, tuple[str, str]]  # role -> fill, outline

    def write_css(self) -> str:
        """The colours as properties of CSS: ``:root { --paper: white; … --leaf-fill: #D6ECFA; … }``."""
        named = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "fills"}
        for role, (fill, outline) in self.fills.items():
            named |= {f"{role}-fill": fill, f"{role}-line": outline}
        return f":root {{ {' '.join(f'--{name}: {colour};' for name, colour in named.items())} }}"


THEMES = {
    "light": Theme("white", "#111111", "#444444", "#C00000", "#0072B2", "#D55E00", {
        "number": ("white", "#666666"), "leaf": ("#D6ECFA", "#0072B2"), "parameter": ("#FBE3BF", "#9A5F00"),
        "pre-activation": ("#CCEBDF", "#00664D"), "activation": ("#F6DDEB", "#8F4573"),
        "operation": ("#EEEEEE", "#555555"), "output": ("#FAD9C8", "#A84300"), "folded": ("#F5F3C9", "#6B6500"),
    }),
    "dark": Theme("#16181C", "#F2F2F2", "#B8B8B8", "#FF6B60", "#56B4E9", "#F0894A", {
        "number": ("#16181C", "#A8A8A8"), "leaf": ("#0B3A57", "#56B4E9"), "parameter": ("#573A00", "#E69F00"),
        "pre-activation": ("#00402F", "#2BC79B"), "activation": ("#50243F", "#E08DBB"),
        "operation": ("#33363B", "#B8B8B8"), "output": ("#5A2500", "#F0894A"), "folded": ("#454207", "#F0E442"),
    }),
}
