"""The generated part of ``MISTAKES.md``: each mistake of the catalogue, an answer that makes it, and what is said.

The answers are those of the corpus, and what is said is what ``check`` says.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from plain_text import escape

from nn.derivations import Verdict, check
from nn.derivations.diagnosis.judging.catalogue import ABOUT, Mistake, read_catalogue

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))  # the corpus is a part of the tests

from corpus.corpus import (
    FORMS,
    Case,
    right_formulas,
    world_of,
    wrong_formulas,
    wrong_numbers,
)
from corpus.file_corpus import FileCase, list_cases, list_files

_Entry = tuple[str, str]  # a slug, and what it is about: one name may stand for a mistake in δ and in a gradient
TITLES = {
    "delta_output": "δ of the output layer", "slope": "The derivative of the activation function, in any δ",
    "delta_hidden": "δ of a hidden layer", "dW": "The gradient of the weights", "db": "The gradient of the biases",
    "batch": "The mean over a batch", "penalty": "The penalty", "update": "The update",
    "forward": "Forward pass and cost",
}


def mistakes() -> str:
    """Every mistake as Markdown, by what it is about."""
    where, examples, alike = _surveyed()
    parts = []
    for about in ABOUT:
        entries = [_entry(slug, entries, where, examples, alike) for slug, entries in _by_slug(about).items()]
        parts.append(f"## {TITLES[about]}\n\n" + "\n\n".join(entries))
    return "\n\n".join(parts)


def _by_slug(about: str) -> dict[str, list[Mistake]]:
    found: dict[str, list[Mistake]] = {}
    for mistake in read_catalogue():
        if mistake.about == about:
            found.setdefault(mistake.slug, []).append(mistake)
    return found


def _entry(slug: str, entries: list[Mistake], where: Mapping[str, list[str]],
           examples: Mapping[_Entry, tuple[Case, Any]], alike: Mapping[str, set[str]]) -> str:
    wrong = "\n".join(dict.fromkeys(f"{line.left} = {line.right}" for mistake in entries for form in mistake.forms
                                    for line in form))
    key = (slug, entries[0].about)
    if key not in examples:
        if "second pass" not in entries[0].needs:
            case_in_file, said = _find_in_files(slug)
            return "\n\n".join([
                f"### `{slug}`", f"```text\n{wrong}\n```", f"Arises with softmax. Hint: {entries[0].hint}.",
                f"`{case_in_file.path.name}`, `{case_in_file.text}`: {escape(said.sentence)}"])
        return f"### `{slug}`\n\n```text\n{wrong}\n```\n\nNot to be seen in a derivation of one pass. {entries[0].says}"
    case, verdict = examples[key]
    given = verdict.given if verdict.form == "numbers" else json.dumps(case.text)
    lines = [f"### `{slug}`", f"```text\n{wrong}\n```", f"Arises in {', '.join(where[slug])}. Hint: {entries[0].hint}.",
             f"`{case.lecture}`, `{case.quantity} = {given}`: {escape(verdict.sentence)}"]
    others = sorted((alike.get(slug, set()) | set(verdict.mistakes)) - {slug})
    if others:
        lines.append(f"Confused with {', '.join(f'`{other}`' for other in others)}.")
    return "\n\n".join(lines)


def _find_in_files(slug: str) -> tuple[FileCase, Verdict]:
    """An example of a mistake in a lecture file. Raises LookupError if there is none."""
    for case in list_cases([path for path in list_files() if path.stem in ("softmax_rows", "classifier")]):
        if case.mistake.slug == slug:
            verdict = check(str(case.path), case.lines).verdicts[case.text.partition(" = ")[0]]
            if slug in verdict.mistakes:
                return case, verdict
    raise LookupError(f"no lecture has an example of {slug}")


def _surveyed() -> tuple[dict[str, list[str]], dict[_Entry, tuple[Case, Any]], dict[str, set[str]]]:
    """Slug -> the lectures where it arises; an answer and its verdict; mistakes of the same numbers to five digits."""
    where: dict[str, list[str]] = {}
    examples: dict[_Entry, tuple[Case, Any]] = {}
    alike: dict[str, set[str]] = {}
    in_numbers: dict[_Entry, tuple[Case, dict[str, Any]]] = {}
    for id, form in FORMS:
        world = world_of(id, form)
        right = right_formulas(world)
        groups: dict[tuple[str, str], set[str]] = {}
        for case, table in wrong_numbers(id, form):
            lectures = where.setdefault(case.mistake.slug, [])
            lectures += [] if id in lectures else [id]
            in_numbers.setdefault((case.mistake.slug, case.mistake.about), (case, table))
            groups.setdefault((case.quantity, str(table[case.quantity])), set()).add(case.mistake.slug)
        for slugs in groups.values():
            for slug in slugs:
                alike.setdefault(slug, set()).update(slugs - {slug})
        for case in wrong_formulas(id, form):
            key = (case.mistake.slug, case.mistake.about)
            if key in examples or case.mistake.slug not in where:
                continue
            verdict = check(id, right | {case.quantity: case.text}, **case.settings).verdicts[case.quantity]
            if case.mistake.slug in verdict.mistakes:
                examples[key] = (case, verdict)
    for key in in_numbers.keys() - examples.keys():  # what no formula of one line does, such as units that are swapped
        case, table = in_numbers[key]
        verdict = check(case.lecture, table, **case.settings).verdicts[case.quantity]
        if key[0] in verdict.mistakes:
            examples[key] = (case, verdict)
    return where, examples, alike

