"""All lecture files that are shipped: those of the built-in lectures, and other people's as examples."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = sorted(path for folder in ("nn/derivations/lectures", "examples/lectures") for path in (ROOT / folder).glob("*.toml"))


def find_file(name: str) -> Path:
    """The lecture file of that name."""
    return next(path for path in FILES if path.stem == name)
