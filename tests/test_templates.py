"""A sentence that a student sees stands once, as a template in Python, whoever fills it in: terminal, picture or page."""

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from visualize.steps.sentences import SENTENCES, fill

ROOT = Path(__file__).parent.parent
ASSETS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "visualize/page/assets").iterdir()
          if path.suffix in (".js", ".html")}
TABLES = ("visualize/steps/sentences.py", "autograd_lite/quoting.py")
PYTHON = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for floor in ("autograd_lite", "visualize")
          for path in (ROOT / floor).rglob("*.py") if path.relative_to(ROOT).as_posix() not in TABLES}


def list_fields(template: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(template) if field is not None}


def make_pattern(template: str) -> re.Pattern[str]:
    """A template as it would be written in a program, with what may stand there for a field."""
    return re.compile("".join(re.escape(text) + (FIELD if name is not None else "") for text, name, _, _ in Formatter().parse(template)))


def list_phrases(template: str) -> list[str]:
    """The pieces between fields that have two words or more."""
    pieces = (piece.strip(" .,:;") for piece, _, _, _ in Formatter().parse(template))
    return [piece for piece in pieces if len(re.findall(r"[^\W\d]+", piece)) > 1]


def find_copies(text: str) -> list[str]:
    """What a program says that the table says already; its comments say nothing to a student."""
    told = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", text, flags=re.DOTALL)
    told = re.sub(r"fill\(\"[^\"]*\"", "fill(", told)  # its name may be its words
    told = re.sub(r"([`\"])\s*\n?\s*\+?\s*[`\"]", "", told)  # a sentence may be broken into two lines
    found = [phrase for template in SENTENCES.values() for phrase in list_phrases(template)
             if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", told)]
    formulas = [template for template in SENTENCES.values() if len(list_fields(template)) > 1 and template not in COMMON]
    return found + [template for template in formulas if make_pattern(template).search(told)]


OWN = {"numbers.js": ["does not fit a float"], "page.html": ["it needs"]}
"""What an asset says of something else: of a number as it is typed, of the browser."""
COMMON = {SENTENCES[name] for name in ("computes", "in numbers")}
"""a = b, which programs write of many things; the steps' own lines are held equal in the browser."""
FIELD = r"\$\{(?:[^{}`]|\{[^{}]*\})*\}"


@pytest.mark.parametrize("name", ASSETS)
def test_no_asset_holds_a_sentence_of_the_table(name: str) -> None:
    assert find_copies(ASSETS[name]) == OWN.get(name, [])


def test_a_copy_is_found() -> None:
    assert find_copies("say(`${node.name} waits for ${step.waits} more of it`);")
    assert find_copies("x = `∂${[a, { b }].at(0)}/∂${w}`;")
    assert find_copies('say("It passes on too " + \n  "early")')
    assert not find_copies("// passes on too early\nfill(\"and more\", { names, count })")


def list_calls() -> Iterator[tuple[str, set[str] | None]]:
    """Names that assets fill in, and the fields that they give; none where a name is chosen among several."""
    for text in ASSETS.values():
        for call in re.finditer(r"\bfill\(", text):
            depth, end = 1, call.end()
            while depth:
                depth += (text[end] in "([{") - (text[end] in ")]}")
                end += 1
            given = text[call.end():end - 1]
            first, _, rest = given.partition(", {")
            names = re.findall(r'"([^"]+)"', first)
            flat = re.sub(r"[(\[{][^()\[\]{}]*[)\]}]", "", re.sub(r"`[^`]*`|\"[^\"]*\"", "", rest.rstrip(" }")))
            while flat != (flat := re.sub(r"[(\[{][^()\[\]{}]*[)\]}]", "", flat)):
                pass
            fields = {part.partition(":")[0].strip() for part in flat.split(",") if part.strip()}
            for name in names:
                yield name, fields if len(names) == 1 else None


def test_assets_fill_in_what_the_table_has() -> None:
    calls = list(list_calls())
    assert len(calls) > 40
    for name, fields in calls:
        assert name in SENTENCES
        assert fields is None or fields == list_fields(SENTENCES[name]), name


def test_every_sentence_of_the_table_is_used_on_both_sides() -> None:
    python, page = ("\n".join(texts.values()) for texts in (PYTHON, ASSETS))
    tables = "\n".join((ROOT / table).read_text(encoding="utf-8") for table in TABLES)
    for name in SENTENCES:
        assert f'"{name}"' in page, name
        assert re.search(rf"(fill\(|REFUSALS\[[^]]*)['\"]{name}['\"]|= \"{name}\"|else \"{name}\"", python + tables), name


def test_a_label_with_braces_stays_as_it_is() -> None:
    assert fill("early", node="{w}") == "{w} passes on too early"
    with pytest.raises(KeyError):
        fill("early")
