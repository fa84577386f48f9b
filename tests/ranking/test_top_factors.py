"""The best items from factors: by hand, and against a loop over fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from recsys_course.errors import CourseError
from recsys_course.models import top_from_factors
from recsys_course.ranking import factors


def expected(users, items, k, hidden=None, bias=None):
    """Best k of each user: sums on paper, rounded once to single precision, ties by index."""
    rows = []
    for number, user in enumerate(users.tolist()):
        scores = []
        for item, vector in enumerate(items.tolist()):
            exact = sum((Fraction(a) * Fraction(b) for a, b in zip(user, vector, strict=True)))
            exact += Fraction(float(bias[item])) if bias is not None else 0
            if hidden is None or not hidden[number, item]:
                scores.append((-np.float32(float(exact)) + 0, item))
        best = sorted(scores)[:k]
        missing = k - len(best)
        rows.append(([i for _, i in best] + [-1] * missing, [-s for s, _ in best] + [0] * missing))
    return rows


def assert_best(got, rows):
    ids, scores = got
    assert ids.dtype == np.int64
    assert scores.dtype == np.float64
    assert ids.tolist() == [row[0] for row in rows]
    assert scores.tolist() == [row[1] for row in rows]


@pytest.fixture
def small_steps(monkeypatch):
    """Blocks and batches of a few, so that small cases go all the ways of large ones."""
    monkeypatch.setattr(factors, "ROWS", 3)
    monkeypatch.setattr(factors, "COLUMNS", 2)
    monkeypatch.setattr(factors, "PENDING_PAIRS", 6)
    monkeypatch.setattr(factors, "EXACT_PAIRS", 4)


# numpy warns of what the search foresees
pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")

USERS = np.array([[1.0, 0.0], [1.0, 1.0], [-1.0, 0.0]])
ITEMS = np.array([[2.0, 0.0], [0.0, 3.0], [1.0, 1.0], [2.0, 0.0]])


def test_by_hand():
    ids, scores = top_from_factors(USERS, ITEMS, k=2)
    assert ids.tolist() == [[0, 3], [1, 0], [1, 2]]  # items 0 and 3 tie
    assert scores.tolist() == [[2, 2], [3, 2], [0, -1]]


def test_hidden_pairs_make_room_and_an_empty_place_is_minus_one():
    hidden = sparse.csr_matrix([[1, 1, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]])
    ids, scores = top_from_factors(USERS, ITEMS, k=3, without=hidden)
    assert ids.tolist() == [[3, 2, -1], [-1, -1, -1], [1, 2, 0]]
    assert scores.tolist() == [[2, 1, 0], [0, 0, 0], [0, -1, -2]]


def test_a_bias_is_added():
    ids, scores = top_from_factors(USERS, ITEMS, k=2, item_bias=[0, 0, 5, 0.5])
    assert ids.tolist() == [[2, 3], [2, 1], [2, 1]]
    assert scores.tolist() == [[6, 2.5], [7, 3], [4, 0]]


def test_without_a_preference_all_items_tie():
    hidden = sparse.csr_matrix([[0, 1, 0, 0]])
    ids, scores = top_from_factors(np.zeros((1, 2)), ITEMS, k=2, without=hidden)
    assert ids.tolist() == [[0, 2]]
    assert scores.tolist() == [[0, 0]]
    ids, scores = top_from_factors(np.zeros((1, 2)), ITEMS, k=2, item_bias=[0, 1, 0, 2])
    assert ids.tolist() == [[3, 1]]
    assert scores.tolist() == [[2, 1]]


def test_nobody_and_nothing():
    ids, scores = top_from_factors(np.zeros((0, 2)), ITEMS, k=2)
    assert ids.shape == scores.shape == (0, 2)
    ids, scores = top_from_factors(USERS, np.zeros((0, 2)), k=2)
    assert ids.tolist() == [[-1, -1]] * 3
    assert scores.tolist() == [[0, 0]] * 3


# quarters: products and sums of them are exact in double precision
quarters = st.integers(-8, 8).map(lambda number: number / 4)


@st.composite
def cases(draw):
    users, items, factors = (draw(st.integers(1, most)) for most in (6, 40, 3))
    kind = draw(st.sampled_from([np.float32, np.float64]))
    made = [
        draw(hnp.arrays(kind, (rows, factors), elements=quarters, fill=quarters))
        for rows in (users, items)
    ]
    if draw(st.booleans()):  # lengths that differ by orders of magnitude, so that users leave early
        made[1] *= (2.0 ** -np.arange(items))[:, None].astype(kind)
    hidden = draw(st.none() | hnp.arrays(bool, (users, items)))
    bias = draw(st.none() | hnp.arrays(kind, items, elements=quarters, fill=quarters))
    return *made, draw(st.integers(1, 45)), hidden, bias


@given(cases())
def test_equals_sorting_all_exact_scores(case):
    users, items, k, hidden, bias = case
    without = None if hidden is None else sparse.csr_matrix(hidden)
    assert_best(top_from_factors(users, items, k, without, bias), expected(*case))


def test_equals_sorting_all_exact_scores_in_small_steps(small_steps):
    @given(cases())
    def check(case):
        users, items, k, hidden, bias = case
        without = None if hidden is None else sparse.csr_matrix(hidden)
        assert_best(top_from_factors(users, items, k, without, bias), expected(*case))

    check()


def numpys(users, items, k, hidden=None):
    scores = (users.astype(np.float64) @ items.astype(np.float64).T).astype(np.float32)
    if hidden is not None:
        scores[hidden.nonzero()] = -np.inf
    ids = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return ids, np.take_along_axis(scores, ids, axis=1)


def learned(seed, rows, flat):
    random = np.random.default_rng(seed)
    vectors = random.standard_normal((rows, 16), dtype=np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / lengths if flat else vectors * random.pareto(1.5, (rows, 1)).astype(np.float32)


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("k", [1, 10, 70])
def test_equals_numpy_on_thousands_of_items(k, flat):
    users, items = learned(0, 400, flat=False), learned(1, 5000, flat)
    hidden = sparse.random(400, 5000, 0.01, format="csr", rng=np.random.default_rng(2))
    ids, scores = top_from_factors(users, items, k, hidden)
    best, values = numpys(users, items, k, hidden)
    np.testing.assert_array_equal(ids, best)
    np.testing.assert_array_equal(scores, values)


@pytest.mark.parametrize("columns", [1, 4, 256])
def test_what_rounding_in_single_precision_puts_lower_is_not_lost(columns, monkeypatch):
    # the same numbers in another order: equal sums, but not in single precision
    monkeypatch.setattr(factors, "COLUMNS", columns)
    dice = np.random.default_rng(0)
    items = np.array([dice.permutation(row) for row in [dice.random(16, np.float32)] * 400])
    rough = items @ np.ones(16, np.float32)
    assert rough.argmax() > 5  # so it is
    ids, scores = top_from_factors(np.ones((1, 16)), items, k=5)
    assert ids.tolist() == [[0, 1, 2, 3, 4]]
    assert len(set(scores[0])) == 1


@pytest.mark.parametrize("columns", [2, 4])
def test_what_comes_last_and_is_rounded_down_is_not_lost(columns, monkeypatch):
    # a factor that says nothing to the user makes the others longer, so that item 0 comes last
    monkeypatch.setattr(factors, "COLUMNS", columns)
    dice = np.random.default_rng(0)
    items = np.array([dice.permutation(row) for row in [dice.random(16, np.float32)] * 401])
    items = np.column_stack([items, np.arange(401) > 0]).astype(np.float32)
    user = [[1.0] * 16 + [0.0]]
    assert top_from_factors(user, items, k=1)[0].tolist() == [[0]]


def test_the_longest_of_all_may_be_the_worst():
    ids, scores = top_from_factors([[1.0, 0.0]], [[-10.0, 0.0], [1.0, 0.0], [0.0, 0.5]], k=3)
    assert (ids.tolist(), scores.tolist()) == ([[1, 2, 0]], [[1, 0, -10]])


def test_what_one_has_seen_is_hidden_from_nobody_else(small_steps, monkeypatch):
    # the first user is content with the longest item and leaves; the others go on without them
    monkeypatch.setattr(factors, "COLUMNS", 1)
    users = [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]
    hidden = sparse.csr_matrix([[0, 1, 0], [0, 0, 0], [0, 0, 0]])
    ids, _ = top_from_factors(users, [[4.0, 0.0], [0.0, 2.0], [0.0, 1.0]], 1, hidden)
    assert ids.tolist() == [[0], [1], [1]]


def test_long_items_spare_the_short_ones(monkeypatch):
    computed = []
    real = factors._Search._scores

    def counted(self, users, start, stop):
        scores = real(self, users, start, stop)
        computed.append(scores.size)
        return scores

    monkeypatch.setattr(factors._Search, "_scores", counted)
    users, items = learned(0, 300, flat=False), learned(1, 20_000, flat=False)
    ids, _ = top_from_factors(users, items, 10)
    np.testing.assert_array_equal(ids, numpys(users, items, 10)[0])
    assert sum(computed) < 0.2 * 300 * 20_000


@pytest.mark.parametrize("scale", [2.0**-140, 2.0**-40, 1.0, 2.0**40])
def test_the_scale_of_the_factors_does_not_matter(scale):
    users, items = learned(3, 20, flat=False), learned(4, 900, flat=False)
    small, large = (items * np.float32(scale)), users.astype(np.float64) / scale
    ids, scores = top_from_factors(large, small, 5)
    best, values = numpys(large, small, 5)
    np.testing.assert_array_equal(ids, best)
    np.testing.assert_array_equal(scores, values)


def test_scores_too_small_for_single_precision_tie():
    users = np.array([[1e-30]])
    for start in (1, -2):  # all above 0, some below
        items = np.linspace(start, 2, 200)[:, None] * 1e-20
        ids, scores = top_from_factors(users, items, 3)
        assert ids.tolist() == [[0, 1, 2]]
        assert scores.tolist() == [[0, 0, 0]]


def test_rounding_in_single_precision_decides_nothing():
    # equal on paper but for the ninth digit, which single precision hasn't: they tie
    items = np.array([[1.0, 1e-9], [1.0, 3e-9], [1.0, 2e-9], [0.5, 0.0]])
    ids, scores = top_from_factors(np.ones((1, 2)), items, 3)
    assert ids.tolist() == [[0, 1, 2]]
    assert scores.tolist() == [[1, 1, 1]]
    # large terms that cancel: in single precision the small ones would be lost
    items = np.array([[4096.0, -4096.0, 0.25], [4096.0, -4096.0, 0.5], [4096.0, -4096.0, 0.0]])
    ids, scores = top_from_factors(np.array([[4096.0, 4096.0, 1.0]]), items, 2)
    assert ids.tolist() == [[1, 0]]
    assert scores.tolist() == [[0.5, 0.25]]


def test_a_shorter_item_in_the_right_direction_is_found():
    # 2000 items of length 1 score 0.98, later comes one of length 0.9801 that scores that
    items = np.array([[0.98, np.sqrt(1 - 0.98**2)]] * 2000 + [[0.9801, 0.0], [0.97, 0.0]])
    ids, scores = top_from_factors(np.array([[1.0, 0.0]]), items, 2)
    assert ids.tolist() == [[2000, 0]]
    assert scores[0] == pytest.approx([0.9801, 0.98])


def test_one_giant_does_not_blur_the_others():
    items = np.vstack([learned(5, 3000, flat=False), np.full((1, 16), 1e9, np.float32)])
    users = learned(6, 50, flat=False)
    np.testing.assert_array_equal(top_from_factors(users, items, 8)[0], numpys(users, items, 8)[0])


def test_equal_items_come_by_index_however_many():
    users = np.ones((3, 4), np.float32)
    items = np.ones((3000, 4), np.float32)
    hidden = sparse.csr_matrix(np.arange(3000) < 1500, dtype=np.float32)
    hidden = sparse.vstack([hidden, hidden, sparse.csr_matrix((1, 3000))]).tocsr()
    ids, scores = top_from_factors(users, items, 4, hidden)
    assert ids.tolist() == [[1500, 1501, 1502, 1503]] * 2 + [[0, 1, 2, 3]]
    assert (scores == 4).all()


def test_an_equal_item_of_a_later_block_is_not_lost_to_rounding():
    rng = np.random.default_rng(0)
    for _ in range(30):
        numbers = rng.normal(size=32)
        numbers *= np.sign(numbers.sum())
        # the last factor is nobody's: it only makes 299 items longer than the first
        items = np.column_stack([np.tile(-numbers, (300, 1)), np.full(300, 0.02)])
        items[0] = [*rng.permutation(numbers), 0]
        items[1] = [*numbers, 0.03]
        ids, _ = top_from_factors([[1.0] * 32 + [0.0]], items, 1)
        assert ids.tolist() == [[0]]  # the sums are equal on paper, so the smaller index


def test_who_asks_together_changes_nothing(small_steps, monkeypatch):
    users, items = learned(7, 60, flat=False), learned(8, 200, flat=False)
    small = top_from_factors(users, items, 10)
    monkeypatch.undo()
    large = top_from_factors(users, items, 10)
    order = np.random.default_rng(9).permutation(60)
    shuffled = top_from_factors(users[order], items, 10)
    for one, other, third in zip(small, large, shuffled, strict=True):
        np.testing.assert_array_equal(one, other)
        np.testing.assert_array_equal(one[order], third)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((USERS, ITEMS, 0), "k: expected a whole number from 1 up, not 0"),
        ((USERS, ITEMS, 1.5), "k: expected a whole number from 1 up"),
        ((USERS, ITEMS.T, 1), "item_factors: 4 columns, but user_factors has 2; .* each factor"),
        ((USERS[0], ITEMS, 1), r"user_factors: expected .* 2 dimension\(s\), found float64 with 1"),
        ((USERS, [["a", "b"]], 1), "item_factors: expected an array of numbers"),
        ((USERS, [[1.0], [1.0, 2.0]], 1), "item_factors: expected an array of numbers"),
        ((USERS, [[1.0, np.nan]], 1), "item_factors, row 0, column 1: .* finite .* found nan"),
        (([[0.0, 1.0], [np.inf, 0]], ITEMS, 1), "user_factors, row 1, column 0: .* found inf"),
        ((USERS, ITEMS[0], 1), r"item_factors: expected .* 2 dimension\(s\), found float64 with 1"),
        ((USERS, ITEMS, 1, None, np.ones((4, 1))), r"item_bias: .* 1 dimension\(s\), found .* 2"),
        ((USERS, ITEMS, 1, None, [1.0]), "item_bias: 1 numbers for 4 items"),
        ((USERS, ITEMS, 1, None, [1, 2, np.nan, 3]), "item_bias, row 2: .* found nan"),
        ((USERS, ITEMS, 1, np.zeros((3, 4))), "without: expected a scipy.sparse matrix"),
        ((USERS, ITEMS, 1, sparse.csr_matrix((4, 3))), "found 4 x 3; it looks transposed"),
        ((USERS, ITEMS, 1, sparse.csr_matrix((3, 5))), "expected 3 users x 4 items, found 3 x 5$"),
        ((USERS * 1e30, ITEMS * 1e30, 1), "beyond single precision; divide"),
        ((USERS * 1e200, ITEMS, 1), "beyond single precision; divide"),
    ],
)
def test_unusable_arguments(arguments, message):
    with pytest.raises(CourseError, match=message) as error:
        top_from_factors(*arguments)
    assert "\n" not in str(error.value)


def test_stored_zeros_hide_and_duplicates_hide_once():
    hidden = sparse.csr_matrix(([0.0, 1.0, 1.0], [3, 0, 0], [0, 3]), shape=(1, 4))
    ids, _ = top_from_factors(USERS[:1], ITEMS, 2, hidden)
    assert ids.tolist() == [[2, 1]]
    ids, _ = top_from_factors(np.zeros((1, 2)), ITEMS, 2, hidden)
    assert ids.tolist() == [[1, 2]]
