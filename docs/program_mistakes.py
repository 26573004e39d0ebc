"""Two tables of ``MISTAKES.md``: what only programs do wrong, planted in right ones, and mistakes in optimizers."""

import sys
from pathlib import Path

from plain_text import escape

from nn.derivations import CodeDiagnosis
from nn.derivations.diagnosis.judging.catalogue import Mistake
from nn.derivations.own_program.checking import check_code_file
from nn.derivations.own_program.judging.mistakes import read_own_mistakes
from nn.derivations.own_program.step_mistakes import list_all_step_mistakes

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))  # the plantings are a part of the tests

from plantings import list_plantings


def program_mistakes() -> str:
    """Every mistake of the table as Markdown, with a planting and the sentence about it."""
    return "\n\n".join(map(_entry, read_own_mistakes()))


def step_mistakes() -> str:
    """Every mistake in an optimizer as Markdown."""
    rows = [f"| `{slug}` | {', '.join(names)} | {escape(says)} |" for slug, names, says in list_all_step_mistakes()]
    return "\n".join(["| slug | optimizer | what is said |", "| --- | --- | --- |", *rows])


def _entry(mistake: Mistake) -> str:
    lines = "\n".join(f"{line.left} = {line.right}" for form in mistake.forms for line in form)
    planting = next((one for one in list_plantings() if mistake.slug in one.named), None)
    if planting is None:
        raise LookupError(f"no planting has {mistake.slug}")
    changes = "\n".join(f"{before}\n→ {after}" for before, after in planting.replace)
    said = check_code_file(f"{planting.program}.py", planting.write(alone=False))
    parts = [f"### `{mistake.slug}`", f"```text\n{lines}\n```" if lines else "", f"Hint: {mistake.hint}.",
             f"In `{planting.program}.py`:", f"```text\n{changes}\n```", escape(_find_sentence(said, mistake.slug))]
    return "\n\n".join(filter(None, parts))


def _find_sentence(said: CodeDiagnosis, slug: str) -> str:
    """What is said of that mistake: of the first array that has it, or of the program."""
    if slug not in said.mistakes:
        raise LookupError(f"{slug} is not named: {said.sentence}")
    of_arrays = [verdict.sentence for verdict in said.verdicts.values() if slug in verdict.mistakes]
    read, _, rest = said.sentence.partition(". ")
    return of_arrays[0] if of_arrays else rest if read.startswith("Read as") else said.sentence
