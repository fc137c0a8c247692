"""Numbers at the edges of the widths that columns are written in."""

from __future__ import annotations

import numpy as np
import pytest

from vuoto.firmware.content import BytesBlob
from vuoto.firmware.index.columns import Columns
from vuoto.firmware.index.layout import IndexFile, write


@pytest.mark.parametrize("edge", [1 << 8, 1 << 16, 1 << 32, 0])
def test_a_number_at_the_edge_of_a_width_comes_back(edge: int) -> None:
    numbers = np.array([edge - 1, edge, edge + 1], np.int64)
    for column in (numbers, numbers[:2], numbers[:1]):
        file = IndexFile(BytesBlob(write(Columns([], {"a": column}))), "edge")
        assert file.column("a", len(column)).tolist() == column.tolist()
