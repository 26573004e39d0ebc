"""Text that goes into a Markdown page as it is."""


def escape(text: str) -> str:
    """The text with a backslash before each character that Markdown takes for markup: δ[i](a[i]) is no link."""
    return "".join(f"\\{c}" if c in "[]|*_<" else c for c in text)
