from __future__ import annotations

import numpy as np
import pytest

from qualcode.aggregate.counts import tally
from qualcode.aggregate.frequency import frequency, share

from .mini_study import code_counts, documents, small_codebook

SILOS, CONSENT, PAY, TRIALS = range(4)


def test_documents_count_once_and_pending_ones_not_at_all() -> None:
    found = frequency(tally(documents(), code_counts(), [], small_codebook(), by="region", level="code"))
    assert found["documents_with_code"].tolist() == [[2, 1, 1, 0], [1, 1, 2, 0], [1, 0, 0, 0]]
    assert found["segments"].tolist() == [[5, 1, 1, 0], [1, 1, 6, 0], [1, 0, 0, 0]]
    assert found["segments_pending"].tolist() == [[0, 0, 1, 0], [0, 0, 2, 0], [0, 0, 0, 0]]
    assert found["documents_pending"].tolist() == [[0, 0, 1, 0], [0, 0, 1, 0], [0, 0, 0, 0]]
    np.testing.assert_allclose(found["share_documents"][:, SILOS], [1 / 2, 1 / 3, 1 / 2])


def test_share_of_documents_has_a_wilson_interval() -> None:
    found = frequency(tally(documents(), code_counts(), [], small_codebook(), by="region", level="code"))
    # By hand, 2 of 4: the centre is 1/2 and the half width z sqrt(1/16 + z²/64) / (1 + z²/4) = 0.34996.
    assert found["share_documents_low"][0, SILOS] == pytest.approx(0.15004, abs=1e-5)
    assert found["share_documents_high"][0, SILOS] == pytest.approx(0.84996, abs=1e-5)


def test_share_of_nothing_is_missing() -> None:
    np.testing.assert_array_equal(share(np.array([0, 3, 0]), np.array([0, 4, 5])), [np.nan, 0.75, 0.0])
