"""Derivations that people handed in or published: each is told what its index says."""

import pytest
from corpus.open_cases import OpenCase, read_open_cases

pytestmark = pytest.mark.slow

NOT_YET: frozenset[str] = frozenset()
"""Cases that are still answered otherwise. A case that is right now has to leave this list."""


@pytest.mark.one_in(2)
@pytest.mark.parametrize("case", read_open_cases(), ids=lambda case: str(case.id))
def test_a_public_derivation_is_judged_as_expected(case: OpenCase) -> None:
    assert bool(case.list_faults()) == (case.id in NOT_YET), case.list_faults()
