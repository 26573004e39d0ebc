"""The diagnosis of a program that raises on networks whose widths differ."""

from ..judging.explaining import judge_square
from ..judging.judgement import Judgement
from ..running.networks import make_net
from ..running.trials import list_trials
from .result import COUNTED, CodeDiagnosis, ReadConventions
from .stops import describe_less, find_stop
from .telling import join_sentences, read_conventions, write_verdicts

_WIDTH = 5


def describe_stopped(found: Judgement) -> CodeDiagnosis:
    """Where the program stops, and what is wrong with it on a network where it runs: one of equal widths."""
    program = found.program
    stop = find_stop(program, found.failures, found.depth)
    text = stop.describe() + describe_less(program, stop, found.depth)
    layout = ReadConventions(str(stop.layout))
    for samples, tells in ((7, True), (_WIDTH, False)):
        nets = [make_net((_WIDTH,) * (found.depth + 1), samples, seed) for seed in (5, 6)]
        trials = list_trials(program, found.depth, nets=nets)
        same = [t for t in trials if (t.layout.rows, t.layout.source) == (stop.layout.rows, stop.layout.source)]
        explained = judge_square(found, same or trials) if trials else None
        if explained is not None and explained.named and not explained.unknown:
            verdicts = write_verdicts(explained, program)
            slugs = dict.fromkeys(slug for verdict in verdicts.values() for slug in verdict.mistakes)
            conventions = read_conventions(explained.trial, explained.activations, explained.cost, explained.constant)
            named = [*slugs] if tells else [*slugs, "stops"]
            with_equal = "" if tells else " and as many samples as units"
            runs = f"{text} It runs where all layers have the same width{with_equal}; there:"
            sentence = f"{runs} {join_sentences(conventions, list(verdicts.values()), [])}"
            wrong = next(verdict for verdict in verdicts.values() if verdict.wrong)
            hints = f"{wrong.where} {COUNTED}", f"{wrong.hint} {COUNTED}"
            return CodeDiagnosis(False, conventions, verdicts, (*named,), sentence, wrong.array, (COUNTED,), hints)
    where = f"Look at line {stop.line}." if stop.line else "Look at what it returns."
    tried = f" (Tried as: {layout}.)" if stop.raised else ""
    return CodeDiagnosis(False, layout, {}, ("stops",), f"{text}{tried}", None, (), (where, where))
