"""Models as plain data: taken apart, put together, refused where the parts don't fit."""

import numpy as np
import pytest
from scipy import sparse

from recsys_course.models import Popular, UserKNN
from recsys_course.models.parts import REGISTRY, Parts, PartsError, put_together, registered
from recsys_course.models.parts import take_apart as apart

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
            Parts("UserKNN", (2, 4), {"K": 1}, {"_user_items": MATRIX}),
            r"_user_items: shape \(2, 3\), expected \(users, items\) with users=2, items=4",
        ),
    ],
)
def test_parts_that_do_not_fit(parts, message):
    with pytest.raises(PartsError, match=message):
        put_together(parts)
