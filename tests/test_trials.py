"""Trials: nothing hidden can be seen, and what a model finds is counted by hand."""

import numpy as np
import pandas as pd
import pytest

from recsys_course.models import Popular
from recsys_course.splits import Split
from recsys_course.trials import choose, future, meet, members, newcomers

# user, item, day of March 2019; the last 4 of 12 rows come after the moment
LOG = [
    (1, 10, 1), (1, 11, 2), (2, 10, 3), (2, 12, 4), (3, 10, 5), (3, 11, 6), (4, 11, 7), (4, 13, 8),
    (1, 10, 9), (1, 13, 10), (2, 11, 11), (9, 10, 12),
]  # fmt: skip


def views(rows=LOG):
    made = pd.DataFrame(rows, columns=["user_id", "content_id", "day"])
    made["view_ts"] = pd.Timestamp("2019-03-01", tz="UTC") + pd.to_timedelta(made["day"], unit="D")
    return made


def crowd(users, seed=0):
    """Users with five to eight of twelve items each."""
    dice = np.random.default_rng(seed)
    rows = [
        (user, int(item), int(day))
        for user in range(users)
        for item, day in zip(
            dice.permutation(12)[: 5 + user % 4], dice.permutation(30), strict=False
        )
    ]
    return views(rows)


class TestFuture:
    def test_what_is_known_seen_and_hidden(self):
        trial = future(views(), test_share=1 / 3)
        assert trial.views["day"].tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
        assert trial.known.user_ids.tolist() == [1, 2, 3, 4]
        assert trial.known.content_ids.tolist() == [10, 11, 12, 13]
        assert trial.visible.toarray().tolist() == [
            [1, 1, 0, 0], [1, 0, 1, 0], [1, 1, 0, 0], [0, 1, 0, 1],
        ]  # fmt: skip
        # user 1 watches 10 again, which is no find; user 9 was not there before
        assert trial.hidden.toarray().tolist() == [
            [0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0],
        ]  # fmt: skip
        assert trial.judged.tolist() == [0, 1]
        assert not trial.newcomers

    def test_what_a_model_finds(self):
        trial = future(views(), test_share=1 / 3)
        popular = trial.fitted(Popular())
        # 10 and 11 have three users each, 12 and 13 one; of equals the smaller column is first
        assert trial.lists(popular, N=2).tolist() == [[2, 3], [1, 3]]
        assert trial.recalls(popular, N=1).tolist() == [0, 1]
        assert trial.recalls(popular, N=2).tolist() == [1, 1]
        assert trial.score(Popular(), N=1) == 0.5

    def test_an_item_that_nobody_knew_cannot_be_found_and_is_left_out(self):
        trial = future(views([*LOG, (2, 99, 13), (3, 99, 14)]), test_share=6 / 14)
        assert 99 not in trial.known.content_ids
        assert trial.judged.tolist() == [0, 1]


def test_members_of_any_split_are_judged_by_what_is_new_to_them():
    given = views().drop_duplicates(["user_id", "content_id"])
    drawn = np.array([1, 0, 1, 1, 0, 1, 1, 1, 1, 0, 1], dtype=bool)
    trial = members(Split(given[drawn], given[~drawn]))
    assert trial.known.content_ids.tolist() == [10, 11, 12, 13]
    assert trial.known.user_ids.tolist() == [1, 2, 3, 4, 9]
    nothing = [0, 0, 0, 0]
    assert trial.hidden.toarray().tolist() == [
        [0, 1, 0, 0], [0, 1, 0, 0], [1, 0, 0, 0], nothing, nothing,
    ]  # fmt: skip


class TestNewcomers:
    @pytest.mark.parametrize("seed", range(5))
    def test_nobody_and_nothing_is_on_both_sides(self, seed):
        given = crowd(40)
        trial = newcomers(given, seed=seed)
        assert trial.newcomers
        assert trial.known.user_items.shape[0] == 32
        assert trial.visible.shape == trial.hidden.shape == (8, 12)
        assert trial.visible.multiply(trial.hidden).nnz == 0
        strangers = given[~given["user_id"].isin(trial.known.user_ids)]
        together = trial.visible.nnz + trial.hidden.nnz
        assert together == len(strangers.drop_duplicates(["user_id", "content_id"]))

    def test_other_seeds_hold_out_others(self):
        held_out = [set(newcomers(crowd(40), seed=seed).known.user_ids) for seed in (0, 0, 1)]
        assert held_out[0] == held_out[1] != held_out[2]

    def test_models_meet_them_for_the_first_time(self):
        trial = newcomers(crowd(40))
        lists = trial.lists(trial.fitted(Popular()), N=12)
        for row, seen in zip(lists, trial.visible[trial.judged].toarray(), strict=True):
            assert sorted(row[row >= 0]) == np.flatnonzero(seen == 0).tolist()

    def test_weights_fill_what_is_learned_from_and_seen_but_not_what_is_hidden(self):
        given = crowd(40).assign(view_duration=60.0)
        trial = newcomers(given, weight=lambda seconds: seconds / 30)
        assert set(trial.known.user_items.data) == set(trial.visible.data) == {2}
        assert set(trial.hidden.data) == {1}


def test_the_same_models_meet_other_users():
    trial = future(views(), test_share=1 / 3)
    seen, hidden = views([(7, 11, 1), (7, 99, 2), (8, 10, 1)]), views([(7, 10, 3), (8, 98, 4)])
    other = meet(trial, Split(seen, hidden))
    assert other.newcomers
    assert other.known is trial.known
    assert other.visible.toarray().tolist() == [[0, 1, 0, 0], [1, 0, 0, 0]]
    assert other.hidden.toarray().tolist() == [[1, 0, 0, 0], [0, 0, 0, 0]]
    assert other.judged.tolist() == [0]
    assert other.recalls(trial.fitted(Popular()), N=1).tolist() == [1]


class Constant:
    """Recommends the same columns to everybody."""

    def __init__(self, first, second=0):
        self.columns = list(dict.fromkeys([first, second]))

    def fit(self, user_items):
        self.users = user_items.shape[0]

    def recommend(self, userid, user_items, N, recalculate_user):
        row = self.columns + [-1] * (N - len(self.columns))
        return np.tile(row, (len(userid), 1)), None


class TestChoose:
    def test_the_setting_that_finds_most_and_all_that_was_tried(self):
        trial = future(views(), test_share=1 / 3)  # hidden: column 3 of user 1, column 1 of user 2
        setting, tried = choose(Constant, trial, first=(0, 1, 2), second=(0, 3))
        assert setting == {"first": 1, "second": 3}
        assert tried.to_dict() == {
            (0, 0): 0, (0, 3): 0.5, (1, 0): 0.5, (1, 3): 1, (2, 0): 0, (2, 3): 0.5,
        }  # fmt: skip

    def test_one_setting_is_tried_by_its_value_and_of_equals_the_first_is_taken(self):
        setting, tried = choose(Constant, future(views(), test_share=1 / 3), first=(0, 3, 1))
        assert setting == {"first": 3}
        assert tried.to_dict() == {0: 0, 3: 0.5, 1: 0.5}
