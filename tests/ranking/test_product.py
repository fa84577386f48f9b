"""The largest numbers of a sparse product: by hand, in their types, in blocks."""

import numpy as np
import pytest
from scipy import sparse

from recsys_course.ranking import product
from recsys_course.ranking.product import candidates, ranked, row_blocks, top_of_product
from recsys_course.ranking.rows import best_first, places_in_runs

LEFT = sparse.csr_matrix([[1.0, 2.0], [0.0, 0.0], [1.0, 0.0]])
RIGHT = sparse.csr_matrix([[3.0, 0.0, 1.0, 0.0], [0.0, 2.0, 1.0, 0.0]])
# the product: [3, 4, 3, 0], [0, 0, 0, 0], [3, 0, 1, 0]


def test_the_largest_positive_numbers_of_each_row():
    ids, values = top_of_product(LEFT, RIGHT, 3)
    assert (ids.dtype, values.dtype) == (np.int64, np.float64)
    assert ids.tolist() == [[1, 0, 2], [-1, -1, -1], [0, 2, -1]]
    assert values.tolist() == [[4, 3, 3], [0, 0, 0], [3, 1, 0]]


def test_what_is_left_out_is_left_out_whatever_is_stored_there():
    without = sparse.csr_matrix(([0.0, 5.0], ([0, 2], [1, 0])), shape=(3, 4))
    ids, values = top_of_product(LEFT, RIGHT, 2, without)
    assert ids.tolist() == [[0, 2], [-1, -1], [2, -1]]
    assert values.tolist() == [[3, 3], [0, 0], [1, 0]]
    assert without.nnz == 2


def test_sums_that_are_equal_on_paper_tie():
    thirds = sparse.csr_matrix([[1.0, 1.0, 1.0]])
    columns = sparse.csr_matrix([[1 / 3, 2 / 3], [1 / 3, 0], [1 / 3 - 1e-12, 1 / 3]])
    assert top_of_product(thirds, columns, 2)[0].tolist() == [[0, 1]]


@pytest.mark.parametrize(("cells", "rows"), [(4, 10), (1000, 2), (1, 10)])
def test_blocks_are_bounded_and_leave_no_row_out(monkeypatch, cells, rows):
    monkeypatch.setattr(product, "PRODUCT_CELLS", cells)
    monkeypatch.setattr(product, "ROWS", rows)
    left = sparse.csr_matrix(np.triu(np.ones((6, 6))))  # rows of 6, 5, ... 1 products
    blocks = list(row_blocks(left, sparse.identity(6, format="csr")))
    assert [row for block in blocks for row in range(block.start, block.stop)] == list(range(6))
    for block in blocks:
        length = block.stop - block.start
        assert length <= rows
        assert length == 1 or left[block].nnz <= cells
    if (cells, rows) == (4, 10):
        assert blocks == [slice(0, 1), slice(1, 2), slice(2, 3), slice(3, 4), slice(4, 6)]


def test_a_block_is_filled_up_to_the_last_multiplication(monkeypatch):
    monkeypatch.setattr(product, "PRODUCT_CELLS", 2)
    ones = sparse.identity(5, format="csr")
    assert list(row_blocks(ones, ones)) == [slice(0, 2), slice(2, 4), slice(4, 5)]


def test_of_none_wanted_all_positive_are_candidates():
    assert candidates(np.array([0, 3]), np.array([1.0, 0.0, 2.0]), 0).tolist() == [0, 2]


def test_candidates_hold_the_best_and_few_others():
    values = np.arange(1000.0)
    kept = candidates(np.array([0, 1000]), values, 10)
    assert set(range(990, 1000)) <= set(kept.tolist())
    assert len(kept) < 600
    spread = np.random.default_rng(0).permutation(values)
    assert len(candidates(np.array([0, 1000]), spread, 10)) < 40


def test_ranked_by_value_then_by_column():
    ids, values = ranked(
        np.array([0, 0, 0, 2]), np.array([7, 5, 6, 1]), np.array([2.0, 1.0, 2.0, 0.5]), (3, 2)
    )
    assert (ids.dtype, values.dtype) == (np.int64, np.float64)
    assert ids.tolist() == [[6, 7], [-1, -1], [1, -1]]
    assert values.tolist() == [[2, 2], [0, 0], [0.5, 0]]


@pytest.mark.parametrize("negative", [False, True])
def test_one_sort_is_as_good_as_lexsort(negative):
    dice = np.random.default_rng(0)
    rows, columns = np.sort(dice.integers(0, 5, 300)), dice.integers(0, 2**31 - 1, 300)
    values = dice.integers(-5 if negative else 0, 5, 300) / 4
    values[:50] += dice.integers(0, 3, 50) * 1e-12  # what only double precision tells apart
    expected = np.lexsort((columns, -values, rows))
    np.testing.assert_array_equal(best_first(rows, columns, values), expected)


@pytest.mark.parametrize("lowest", [-5, 0])
def test_lexsort_is_for_what_only_double_precision_tells_apart(lowest, monkeypatch):
    dice = np.random.default_rng(1)
    rows, columns = np.sort(dice.integers(1, 5, 300)), dice.integers(0, 2**31 - 1, 300)
    values = dice.integers(lowest, 9, 300) / 4
    expected = np.lexsort((columns, -values, rows))
    monkeypatch.delattr(np, "lexsort")
    np.testing.assert_array_equal(best_first(rows, columns, values), expected)


def test_places_are_counted_in_each_run_of_rows():
    assert places_in_runs(np.array([1, 1, 3, 1])).tolist() == [0, 1, 0, 0]
    assert places_in_runs(np.array([0, 0])).tolist() == [0, 1]
    assert places_in_runs(np.array([], int)).tolist() == []
