"""Models as plain data: taken apart, put together, refused where the parts don't fit."""

import numpy as np
import pytest
from implicit.cpu.als import AlternatingLeastSquares
from scipy import sparse

from recsys_course.models import Implicit, Popular, UserKNN
from recsys_course.models.parts import REGISTRY, Parts, PartsError, put_together, registered
from recsys_course.models.parts import take_apart as apart

BROKEN = sparse.csr_matrix(np.ones((2, 3)))
BROKEN.indices = np.array([0, 1, 2, 0, 1, 7], np.int32)  # there is no column 7
MATRIX = sparse.csr_matrix([[1, 1, 0], [0, 1, 1]])


def test_a_model_of_parts_recommends_the_same():
    model = UserKNN(K=1)
    model.fit(MATRIX)
    parts = apart(model)
    assert (parts.name, parts.shape, parts.parameters) == ("UserKNN", (2, 3), {"K": 1})
    assert parts.learned["_user_items"].toarray().tolist() == [[1, 1, 0], [0, 1, 1]]
    again = put_together(parts)
    assert again.recommend(0, MATRIX[0], N=1)[0].tolist() == [2]


def test_a_class_of_ones_own_can_be_registered(monkeypatch):
    class Mine(Popular):
        pass

    monkeypatch.setitem(REGISTRY, "Mine", Mine)
    assert registered(Mine) is Mine
    mine = Mine()
    mine.fit(MATRIX)
    assert type(put_together(apart(mine))) is Mine


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (Parts("Popen", (2, 3), {}, {}), "Popen: no such model; there are ALS, Factors"),
        (Parts("UserKNN", (2, 3), {"k": 1}, {}), "UserKNN: got an unexpected keyword argument 'k'"),
        (Parts("UserKNN", (2, 3), {"K": 0}, {}), "K: expected a whole number from 1 up, not 0"),
        (
            Parts("UserKNN", (2, 3), {"K": 1}, {}),
            r"UserKNN: found \[\], expected \['_user_items'\]",
        ),
        (
            Parts("UserKNN", (2, 3), {"K": 1}, {"_user_items": np.zeros((2, 3))}),
            "UserKNN, _user_items: found ndarray of float64",
        ),
        (
            Parts("Implicit", (2, 3), {"model_class": "Mine"}, {}),
            "model_class: expected one of .*AlternatingLeastSquares, .*, not 'Mine'",
        ),
        (
            Parts("UserKNN", (2, 3), {"K": 1}, {"_user_items": BROKEN}),
            "UserKNN, _user_items: no sparse matrix",
        ),
        (
            Parts(
                "Factors", (5, 3), {"user_factors": [[1.0]] * 2, "item_factors": [[1.0]] * 3}, {}
            ),
            r"Factors: factors of \(2, 3\) users and items",
        ),
        (
            Parts("UserKNN", (2, 4), {"K": 1}, {"_user_items": MATRIX}),
            r"_user_items: shape \(2, 3\), expected \(users, items\) with users=2, items=4",
        ),
    ],
)
def test_parts_that_do_not_fit(parts, message):
    with pytest.raises(PartsError, match=message):
        put_together(parts)


def test_a_model_of_implicit_has_the_factors_that_its_parameters_say():
    model = Implicit(AlternatingLeastSquares, factors=2, random_state=0)
    model.fit(MATRIX, show_progress=False)
    parts = apart(model)
    with pytest.raises(PartsError, match="AlternatingLeastSquares: other factors than 5"):
        put_together(parts._replace(parameters={**parts.parameters, "factors": 5}))
