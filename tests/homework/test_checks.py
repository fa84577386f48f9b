"""Checks of a student's answers: what passes, and which hint is given for which mistake.

Whole submissions are graded in the bank under bank/; here are the corners of the checks
that no whole submission reaches.
"""

import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from recsys_course.homework import (
    Hint,
    call,
    check_batch,
    check_model,
    check_recommended,
    check_share,
    check_similar,
    check_similar_titles,
    expect,
    trained_cosine,
)
from recsys_course.interactions import Interactions

# cosines: 10 and 20 are twins (1.0), 30 shares one of their two users (0.707), 40 stands alone
VIEWS = pd.DataFrame({"user_id": [1, 1, 2, 2, 2, 3], "content_id": [10, 20, 10, 20, 30, 40]})
TITLES = pd.DataFrame(
    {
        "content_id": [10, 20, 30, 40, 50],
        "title": ["Twin", "Other Twin", "Cousin", "Stranger", "Unseen"],
    }
)


@pytest.fixture(scope="module")
def twins():
    return Interactions.from_views(VIEWS)


@pytest.fixture(scope="module")
def model(twins):
    return trained_cosine(twins.user_items, K=4)


def test_expect_lets_a_true_condition_pass_and_raises_the_hint_otherwise():
    expect([1], "never said")
    with pytest.raises(Hint, match=r"^said$"):
        expect([], "said")


def test_a_hint_is_an_assertion_error_so_nbgrader_counts_it_as_a_failed_test():
    assert issubclass(Hint, AssertionError)


def test_a_notebook_shows_the_sentence_without_a_traceback():
    shell = InteractiveShell.instance()
    shell.user_ns["Hint"] = Hint
    with capture_output() as captured:
        shell.run_cell("raise Hint('look at the shape')")
    assert captured.stdout.strip() == "Hint: look at the shape"


def test_call_keeps_warnings_and_progress_off_stderr(capsys):
    def chatty():
        warnings.warn("a warning", stacklevel=1)
        print("progress", file=sys.stderr)
        return 7

    assert call(chatty) == 7
    assert capsys.readouterr().err == ""


def test_call_names_the_function_and_its_error():
    def divide(a, b):
        return a / b

    with pytest.raises(Hint) as caught:
        call(divide, 1, 0)
    assert str(caught.value) == (
        "divide raised ZeroDivisionError: division by zero, in the line `return a / b`"
    )


def test_call_tells_an_unwritten_function_from_a_broken_one():
    def stub():
        raise NotImplementedError

    with pytest.raises(Hint, match="stub is not written yet"):
        call(stub)
    with pytest.raises(Hint, match="stub is not written yet"):
        call(lambda: stub())

    def refused():
        raise NotImplementedError("adding a nonzero scalar is not supported")

    with pytest.raises(Hint, match="refused raised NotImplementedError: adding a nonzero scalar"):
        call(refused)


def test_call_refuses_what_is_no_function():
    with pytest.raises(Hint, match="expected a function, got int"):
        call(3)


def test_trained_cosine_says_nothing_on_stderr(twins, capfd):
    trained_cosine(twins.user_items, K=2)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (None, "got None"),
        (7, "got one number, 7: all recommendations are wanted"),
        ({30}, "got a set, which has no order"),
        ({30: 0.7}, "got a dictionary"),
        ([[30, 0.7]], "a table with ids and scores"),
        ([[30]], "one flat list"),
        (["Cousin"], "expected content ids, which are whole numbers, got texts such as"),
        ([30.0], "ids turned into floats"),
        ([0.7], "are these the scores"),
        (([30], [0.7]), "got a pair"),
        ([99], "99 is no content id of this data, and no column number either: does it come"),
        ([2, 3], "2 is not a content id of this data: are these the model's column numbers"),
        ([30, 30], "content 30 more than once"),
        ([20, 30], "already watched content 20"),
        ([30, 40], "from content 40 on the score is 0"),
        ([], "got nothing, and 1 of the 3"),
    ],
)
def test_mistakes_in_one_users_list(answer, hint, model, twins):
    with pytest.raises(Hint, match=hint):
        check_recommended(answer, model, twins, user_id=1, N=3)


@pytest.mark.parametrize(
    "answer", [[30], (30,), np.array([30]), pd.Series([30]), np.array([30], dtype=np.int32)]
)
def test_any_flat_sequence_of_whole_numbers_is_a_list(answer, model, twins):
    check_recommended(answer, model, twins, user_id=1, N=3)


def test_more_than_n_items_are_too_many(model, twins):
    with pytest.raises(Hint, match="got 2 items, 1 were asked for"):
        check_recommended([30, 40], model, twins, user_id=1, N=1)


def test_tied_items_may_stand_in_any_order():
    # user 1 watched 10 only; 20 and 30 were each watched by one of the two others: the same cosine
    tied = Interactions.from_views(
        pd.DataFrame({"user_id": [1, 2, 2, 3, 3], "content_id": [10, 10, 20, 10, 30]})
    )
    tied_model = trained_cosine(tied.user_items, K=3)
    check_recommended([20, 30], tied_model, tied, user_id=1, N=2)
    check_recommended([30, 20], tied_model, tied, user_id=1, N=2)


def test_a_batch_in_another_order_than_asked_for(model, twins):
    check_batch([[-1], [30]], model, twins, user_ids=[3, 1], N=1)
    with pytest.raises(Hint, match="user 3"):
        check_batch([[30], [-1]], model, twins, user_ids=[3, 1], N=1)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ([30, -1], "a row per user"),
        ([[30, -1]], r"expected shape \(2, 2\)"),
        ([[30], []], "rows of different length"),
        ([[-1, 30], [-1, -1]], "-1 in front of a recommendation"),
        ([[30, 40], [40, 40]], "user 1: from content 40 on the score is 0"),
    ],
)
def test_mistakes_in_a_batch(answer, hint, model, twins):
    with pytest.raises(Hint, match=hint):
        check_batch(answer, model, twins, user_ids=[1, 2], N=2)


def test_a_class_is_no_model(twins):
    with pytest.raises(Hint, match="got a class"):
        check_model(type(trained_cosine(twins.user_items)), twins.user_items, K=4)


def test_a_model_of_other_weights(twins):
    other = twins.user_items.copy()
    other[0, 0] = 5
    with pytest.raises(Hint, match="are not cosines of columns of this matrix"):
        check_model(trained_cosine(other, K=4), twins.user_items, K=4)


def test_a_model_of_a_part_of_the_items(twins):
    with pytest.raises(Hint, match="the model knows 2 items, the matrix has 4 columns"):
        check_model(trained_cosine(twins.user_items[:, :2].tocsr(), K=4), twins.user_items, K=4)


@pytest.mark.parametrize(
    ("ids", "scores", "hint"),
    [
        (None, None, "hold nothing yet"),
        ([[0, 1]], [[1.0, 1.0]], "two flat arrays"),
        ([0, 1, 2], [1.0, 1.0, 0.7071068], "got 3 ids"),
        ([0, 99], [1.0, 1.0], "99 is not a column"),
        ([1, 2], [1.0, 0.7071068], "doesn't hold item 0 itself"),
        ([0, 0], [1.0, 1.0], "stands in the list twice"),
        ([2, 0], [0.7071068, 1.0], "the scores do not fall"),
        ([0, 1], [1.0, 0.5], "not the cosines"),
        ([0, 2], [1.0, 0.7071068], "some item that is not in the list is closer"),
    ],
)
def test_mistakes_in_similar_items(ids, scores, hint, twins):
    with pytest.raises(Hint, match=hint):
        check_similar(ids, scores, twins.user_items, item=0, N=2)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (None, "got None"),
        ("Other Twin", "expected a list of titles, got one text"),
        ([20], "expected titles"),
        (["Other Twin"] * 3, "got 3 titles, and N is 2"),
        (["Nothing"], "is not a title of the catalogue"),
        (["Twin", "Cousin"], "is the content that was asked about"),
        (["Other Twin"] * 2, "stands in the list twice"),
        (["Unseen", "Cousin"], "nobody watched"),
        (["Other Twin"], "must not cost a neighbour"),
        (["Other Twin", "Stranger"], "is not among the model's neighbours"),
        (["Cousin", "Other Twin"], "not in the order of their similarity"),
    ],
)
def test_mistakes_in_similar_titles(answer, hint, model, twins):
    with pytest.raises(Hint, match=hint):
        check_similar_titles(answer, twins, TITLES, model, content_id=10, N=2)


def test_an_item_without_neighbours_has_an_empty_shelf(model, twins):
    check_similar_titles([], twins, TITLES, model, content_id=40, N=2)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (None, "got None"),
        ([0.5], "expected one number, got 1 of them"),
        ("half", "expected a number, got str"),
        (True, "expected a number, got bool"),
        (float("nan"), "between 0 and 1, got nan"),
        (2, "between 0 and 1, got 2"),
        (0.25, "one of two; you got 0.25"),
    ],
)
def test_mistakes_in_a_share(answer, hint):
    with pytest.raises(Hint, match=hint):
        check_share(answer, 0.5, "one of two")


def test_a_number_that_equals_everything_is_taken_at_its_value():
    class Anything(float):
        def __eq__(self, other):
            return True

        __hash__ = float.__hash__

    with pytest.raises(Hint, match=r"you got 0\.1"):
        check_share(Anything(0.1), 0.5, "one of two")
