"""Derivations that people handed in or published: each is told what its index says."""

import pytest
from corpus.open_cases import OpenCase, read_open_cases

NOT_YET = frozenset(["A05", "A28", "A40", "R07", "R09", "R13", "R15", "R17", "R19", "R23", "R25", "R33", "R35", "R37", "R41", "R49", "R61", "R63", "R65", "W01", "W03", "W05", "W09", "W11", "W13", "W59", "W61", "W63", "W67", "W71", "W73", "W75", "W77"])
"""Cases that are still answered otherwise. A case that is right now has to leave this list."""


@pytest.mark.parametrize("case", read_open_cases(), ids=lambda case: str(case.id))
def test_a_public_derivation_is_judged_as_expected(case: OpenCase) -> None:
    assert bool(case.list_faults()) == (case.id in NOT_YET), case.list_faults()
