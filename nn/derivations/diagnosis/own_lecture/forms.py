"""Other forms of a lecture file with which a derivation is right, and single changes with which a line is."""

import ast
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import replace
from typing import Any, TypeAlias

from ...lecture_file.critique import Alarm, World, find_alarm, list_numbered_layers, make_worlds
from ...lecture_file.evaluation import UnreadableError
from ...lecture_file.explain import explain_alarm
from ...lecture_file.notation import Notation
from ..judging.catalogue import Mistake, read_catalogue
from ..judging.judge import Judgement
from ..judging.likelier import find_likelier
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
    others = []
    for other in submission.own.declarations:
        if other.words.startswith("delta"):
            words = f"keep to another convention, {other.words.removesuffix(' in [notation]')}, which is no mistake."
            try:
                found = submission.in_lecture(other.lecture)
                judged = _judge_if_kept(found)
            except ValueError:
                continue
            others.append((found, f"The lines that are right {words}"))
            if judged is not None:
                return found, [f"{'All lines' if judged.right else 'All δ and gradients'} {words}"]
    likelier = find_likelier(submission, others)
    return (likelier[0], [likelier[1]]) if likelier else (submission, [])


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


def _list_products(node: ast.AST, _: Notation) -> Iterator[ast.expr]:
    """A product of matrices in place of one entry by entry, as they stand or with one of them turned."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for left, right in ((node.left, node.right), (ast.Attribute(node.left, "T"), node.right),
                            (node.left, ast.Attribute(node.right, "T"))):
            yield ast.BinOp(left, ast.MatMult(), right)


def _leave_biases_out(node: ast.AST, notation: Notation) -> Iterator[ast.expr]:
    if isinstance(node, ast.Subscript) and notation.joined and ast.unparse(node.value) == notation.names["W"]:
        yield ast.Call(ast.Name("without_bias"), [node], [])


def _turn_axis(node: ast.AST, _: Notation) -> Iterator[ast.expr]:
    if isinstance(node, ast.Name) and node.id in ("over_samples", "max_samples"):
        yield ast.Name(node.id.replace("samples", "units"))


_Change: TypeAlias = Callable[[ast.AST, Notation], Iterator[ast.expr]]
_REPAIRS: Mapping[str, _Change] = {
    "elementwise-for-matrix": _list_products, "bias-row-kept": _leave_biases_out, "softmax-wrong-axis": _turn_axis}
"""Mistake -> the change that repairs a line in which it is, where that may have no value of the right shape."""


def name_by_repair(judgement: Judgement, submission: FileSubmission) -> Judgement:
    """The judgement with the mistake whose repair makes the line right; as it is where there is none."""
    rule = judgement.answer
    if not isinstance(rule, FileRule):
        return judgement
    file, worlds = submission.own.file, _worlds_of(submission)
    kind = judgement.quantity.places[0].kind
    for slug, change in _REPAIRS.items():
        mistake = next((each for each in read_catalogue() if each.slug == slug and kind in _about(each)), None)
        if mistake is None or not mistake.arises(submission.own.world(submission.lecture, submission.settings)):
            continue
        for changed in _list_changed(rule.line.right, change, file.notation):
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


def _list_changed(right: ast.expr, change: _Change, notation: Notation) -> Iterator[ast.expr]:
    """A line with one part changed in each way, and with all of them changed in the first."""
    parts = [*ast.walk(right)]
    news = [list(change(node, notation)) for node in parts]
    for node, several in zip(parts, news, strict=True):
        yield from (_Put({id(node): new}).visit(right) for new in several)
    yield _Put({id(node): several[0] for node, several in zip(parts, news, strict=True) if several}).visit(right)


class _Put(ast.NodeTransformer):
    """A tree with other parts; the tree itself stays as it is, for it is shared."""

    def __init__(self, new: Mapping[int, ast.expr]) -> None:
        self.new = new

    def visit(self, node: ast.AST) -> Any:
        if id(node) in self.new:
            return self.new[id(node)]
        found = copy(node)
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.AST):
                setattr(found, name, self.visit(value))
            elif isinstance(value, list):
                setattr(found, name, [self.visit(item) if isinstance(item, ast.AST) else item for item in value])
        return found


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


def _worlds_of(submission: FileSubmission) -> list[World]:
    statements = [rule.line for rule in submission.answers.rules if isinstance(rule, FileRule)]
    numbered = any(list_numbered_layers(submission.own.file.notation, statements))
    return make_worlds(submission.own.file, depth=submission.own.depth if numbered else None)
