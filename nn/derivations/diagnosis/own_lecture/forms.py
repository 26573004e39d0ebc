"""Other forms of a lecture file with which a derivation is right, and single changes with which a line is."""

import ast
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from ...lecture_file.critique import Alarm, find_alarm, list_numbered_layers, make_worlds
from ...lecture_file.evaluation import UnreadableError
from ...lecture_file.explain import explain_alarm
from ...lecture_file.notation import Notation
from ..judging.catalogue import Mistake, read_catalogue
from ..judging.judge import Judgement
from ..judging.search import Match
from ..judging.submission import Judgements
from .student import FileRule
from .submission import FileSubmission


def adopt_declaration(submission: FileSubmission) -> tuple[FileSubmission, list[str]]:
    """The submission under another meaning of δ that all its lines keep to, and a note; unchanged if there is none."""
    kinds = {place.kind for answer in submission.answers.all for place in answer.quantity.places}
    held = {"opposite", "mean"} & submission.answers.declared.keys()
    if held or submission.own.delta_kind not in kinds or not kinds & {"dW", "db", "W_new", "b_new"}:
        return submission, []
    if _judge_if_kept(submission) is not None:
        return submission, []
    for other in submission.own.declarations:
        if other.words.startswith("delta"):
            try:
                found = submission.in_lecture(other.lecture)
                judged = _judge_if_kept(found)
            except ValueError:
                continue
            if judged is not None:
                words = other.words.removesuffix(" in [notation]")
                all_of = "All lines keep" if judged.right else "All δ and gradients keep"
                return found, [f"{all_of} to another convention, {words}, which is no mistake."]
    return submission, []


def _judge_if_kept(submission: FileSubmission) -> Judgements | None:
    """The judgements up to the first that is wrong, where every δ and gradient is right; None where one is not."""
    telling = [answer.quantity.name for answer in submission.answers.all if answer.quantity.places[0].kind in (
        submission.own.delta_kind, "dW", "db")]
    judged = Judgements(submission, explain=False, until_wrong=True, first=telling)
    kept = judged.right or judged.all[-1].quantity.name not in telling
    return judged if kept and (judged.right or judged.keeps_convention) else None


def advise_declaration(submission: FileSubmission, wrong: list[str]) -> Iterator[str]:
    """Another order, numbering or place of the biases with which all is right that was handed in."""
    if len(submission.answers.rules) < 2 or len(wrong) < 2:
        return
    for other in submission.own.declarations:
        if other.words.startswith(("weights", "weight_number", "input_layer", "samples", "bias")):
            try:
                judged = Judgements(submission.in_lecture(other.lecture), explain=False, until_wrong=True)
            except (ValueError, LookupError):
                continue
            if judged.right:
                yield f"All of it is right with {other.words}: if that is what you mean, say so in the lecture file."
                return


_REPAIRS: Mapping[str, tuple[type, Callable[[Any, Notation], ast.expr | None]]] = {
    "elementwise-for-matrix": (ast.BinOp, lambda node, _: ast.BinOp(node.left, ast.MatMult(), node.right)
                               if isinstance(node.op, ast.Mult) else None),
    "bias-row-kept": (ast.Subscript, lambda node, notation: ast.Call(ast.Name("without_bias"), [node], [])
                      if notation.joined and ast.unparse(node.value) == notation.names["W"] else None),
    "softmax-wrong-axis": (ast.Name, lambda node, _: ast.Name(node.id.replace("samples", "units"))
                           if node.id in ("over_samples", "max_samples") else None),
}
"""Mistake -> the change that repairs a line in which it is, where that may have no value of the right shape."""


def name_by_repair(judgement: Judgement, submission: FileSubmission) -> Judgement:
    """The judgement with the mistake whose repair makes the line right; as it is where there is none."""
    rule = judgement.answer
    if not isinstance(rule, FileRule):
        return judgement
    file, worlds = submission.own.file, _worlds_of(submission)
    kind = judgement.quantity.places[0].kind
    for slug, (sort, change) in _REPAIRS.items():
        mistake = next((each for each in read_catalogue() if each.slug == slug and kind in _about(each)), None)
        if mistake is None or not mistake.arises(submission.own.world(submission.lecture, submission.settings)):
            continue
        for changed in _change(rule.line.right, sort, lambda node, change=change: change(node, file.notation)):  # type: ignore[misc]
            try:
                if find_alarm(rule.line.replace(changed), worlds, file.template) is None:
                    return replace(judgement, matches=(Match(mistake, True, judgement.quantity.places[0], ()),),
                                   decided_by=f"mistake {slug}")
            except UnreadableError:
                continue
    return judgement


def _about(mistake: Mistake) -> set[str]:
    """The kinds of quantity that the lines of a mistake are about."""
    names = {"D": "delta", "G": "dpost", "u": "pre", "h": "post"}
    return {names.get(line.letter, line.letter) for form in mistake.forms for line in form}


def _change(right: ast.expr, sort: type, change: Callable[[Any], ast.expr | None]) -> Iterator[ast.expr]:
    """A line with one part of a sort changed, and with all of them."""
    count = len([node for node in ast.walk(right) if isinstance(node, sort)])
    for only in (*range(count), None):
        yield _Change(sort, change, only).visit(deepcopy(right))


class _Change(ast.NodeTransformer):
    def __init__(self, sort: type, change: Callable[[Any], ast.expr | None], only: int | None) -> None:
        self.sort, self.change, self.only, self.seen = sort, change, only, -1

    def visit(self, node: ast.AST) -> Any:
        found = isinstance(node, self.sort)
        self.seen += found
        meant = found and self.only in (None, self.seen)
        self.generic_visit(node)
        return (self.change(node) or node) if meant else node


def find_alarm_of(submission: FileSubmission, judgement: Judgement) -> Alarm | None:
    """A line that no mistake of the catalogue explains, as a critical reading sees it; None if that has no alarm."""
    rule, file = judgement.answer, submission.own.file
    if not isinstance(rule, FileRule):
        return None
    worlds = _worlds_of(submission)
    try:
        alarm = find_alarm(rule.line, worlds, file.template)
    except UnreadableError:
        return None
    return alarm and explain_alarm(alarm, worlds, file.template)


def _worlds_of(submission: FileSubmission) -> list[Any]:
    statements = [rule.line for rule in submission.answers.rules if isinstance(rule, FileRule)]
    numbered = any(list_numbered_layers(submission.own.file.notation, statements))
    return make_worlds(submission.own.file, depth=submission.own.depth if numbered else None)
