"""What programs write, as paper has it: einsum, ``a if z > 0 else b``, new axes, and numbers of samples by shape."""

import re
from collections.abc import Iterator

from autograd_lite.internal import quote

from .functions import RESERVED
from .index_notation import SMALL, UNITS, write_bracketed_indices

_SHAPE = r"\b(?:[XYazt]|post|pre|delta|y)(?:_prev|_next|\d)?\.shape\[\s*(?P<axis>[01])\s*\]"
_LENGTH = r"\blen\(\s*(?:[XYaz]|delta)(?:_prev|_next)?\s*\)"
_MOST_CHOICES = 8


def write_program_forms(text: str) -> str:
    """Sums and indices of programs as on paper: ``sum(k, …)`` and ``sum_k`` as Σₖ, ``W[k, j]`` as ``W_kj``.

    A type that is asked for, as ``.astype(float)``, changes no number here and goes.

    Raises:
        ValueError: an einsum that is no sum of products, or a name that this package keeps to itself.
    """
    found = re.search(rf"\b(?:{'|'.join(RESERVED)})\b", text)
    if found:
        raise ValueError(f"{found[0]} is no name of a formula")
    text = re.sub(r"\.astype\(\s*(['\"]?)[\w.]+\1\s*\)", "", text)
    text = re.sub(rf"\b(?:np\.)?sum\(\s*([{UNITS}])\s*,\s*", lambda found: f"Σ{_lower(found[1])} (", text)
    text = re.sub(rf"(?<!\\)\bsum_\{{?([{UNITS}])(?:\}}|(?![\w]))", lambda found: f"Σ{_lower(found[1])} ", text)
    text = re.sub(r"\b(np|numpy)\.linalg\.(?=norm\b)", r"\1.", text)
    text = re.sub(r"\[\s*:\s*,\s*(?:None|np\.newaxis)\s*\]", ".reshape(-1, 1)", text)
    text = re.sub(r"\[\s*(?:None|np\.newaxis)\s*,\s*:\s*\]", ".reshape(1, -1)", text)
    text = re.sub(r"\bmultiply\.outer\b", "outer", text)
    text = _write_einsum(_write_choices(text))
    return write_bracketed_indices(text)


def _lower(letter: str) -> str:
    """The letter as a subscript, where there is one of it."""
    return next((small for small, plain in SMALL.items() if plain == letter), f"_{letter} ")



def write_sample_counts(text: str, axis: int) -> str:
    """``X.shape[0]`` and ``len(X)`` as N where the samples run along that axis of a matrix."""
    text = re.sub(_SHAPE, lambda found: "N" if int(found["axis"]) == axis else found[0], text)
    return re.sub(_LENGTH, "N", text) if axis == 0 else text


def _write_choices(text: str) -> str:
    """``a if z > 0 else b`` as ``where(z > 0, a, b)``, as far as the brackets around it."""
    for _ in range(_MOST_CHOICES):
        found = re.search(r"\bif\b", text)
        if not found or "lambda" in text:
            break
        start, end = _find_start(text, found.start()), _find_end(text, found.end())
        otherwise = next((at for at in _find_at_depth(text, found.end(), end) if re.match(r"\belse\b", text[at:])
                          and text[at - 1:at].isspace()), None)
        if otherwise is None:
            break
        parts = (text[found.end():otherwise], text[start:found.start()], text[otherwise + 4:end])
        if not all(part.strip() for part in parts):
            break
        text = f"{text[:start]}where({', '.join(part.strip() for part in parts)}){text[end:]}"
    return text


def _find_start(text: str, at: int) -> int:
    """Where what stands before a place begins: after a comma, a sign of equality or a bracket that is still open."""
    depth = 0
    for i in range(at - 1, -1, -1):
        depth += (text[i] in ")]") - (text[i] in "([")
        if depth < 0 or (depth == 0 and (text[i] == "," or (re.match(r"(?<![<>=!])=(?!=)", text[i:i + 2])
                                         and text[i - 1:i] not in ("<", ">", "=", "!")))):
            return i + 1
    return 0


def _find_end(text: str, at: int) -> int:
    return next((i for i in _find_at_depth(text, at, len(text)) if text[i] in ",)]"), len(text))


def _find_at_depth(text: str, start: int, end: int) -> Iterator[int]:
    """The places that are in no further bracket; the bracket that closes is the last."""
    depth = 0
    for i in range(start, end):
        if depth == 0:
            yield i
        depth += (text[i] in "([") - (text[i] in ")]")
        if depth < 0:
            return


def _write_einsum(text: str) -> str:
    """``np.einsum('kj,k->j', W, d)`` as ``einsum_kj_k_j(W, d)`` would say it: a product of matrices.

    Raises:
        ValueError: another sum than one of two arrays with one or two indices each.
    """
    def write(found: re.Match[str]) -> str:
        product = _find_product(*re.sub(r"\s", "", found["what"]).partition("->")[::2], found["a"], found["b"])
        if product is None:
            raise ValueError(f"einsum is read here for two arrays of one or two indices each, as in 'kj,k->j', and not "
                             f"for {quote(found['what'])}; write the product with @, or with indices as in "
                             "sum(k, w_kj*delta_k)")
        return product

    name = r"[A-Za-z_][\w.]*(?:\[[^\[\]]*\])?"
    text = re.sub(rf"\b(?:np\.|numpy\.)?einsum\(\s*(['\"])(?P<what>[^'\"]*)\1\s*,\s*(?P<a>{name})\s*,"
                  rf"\s*(?P<b>{name})\s*\)", write, text)
    if re.search(r"\beinsum\b", text):
        raise ValueError("einsum is read here for two arrays of one or two indices each, as in 'kj,k->j'; write the "
                         "product with @, or with indices as in sum(k, w_kj*delta_k)")
    return text


def _find_product(given: str, out: str, a: str, b: str) -> str | None:
    """The product that a sum over indices is; a lone index on an array means a column, as vectors are here."""
    first, comma, second = given.partition(",")
    if not comma or not out or not all(0 < len(set(part)) == len(part) < 3 for part in (first, second, out)):
        return None
    shared, free = set(first) & set(second), (set(first) | set(second)) - set(out)
    if not shared and len(first) == len(second) == 1 and not free:
        return f"outer({a}, {b})" if out == first + second else f"outer({b}, {a})"
    if shared != free or len(shared) != 1:
        return f"({a} * {b})" if first == second == out else None
    by = shared.pop()
    for (x, left), (y, right) in (((a, first), (b, second)), ((b, second), (a, first))):
        left_out, right_out = left.replace(by, ""), right.replace(by, "")
        if out == left_out + right_out and left_out:
            turned = f"{x}.T" if left[0] == by and len(left) > 1 else x
            other = f"{y}.T" if len(right) > 1 and right[1] == by else y
            return f"({turned} @ {other})"
    return None
