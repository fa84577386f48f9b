"""Who watched what: exactly as many different pairs of user and item as were asked for."""

from dataclasses import dataclass, fields

import numpy as np

from recsys_course.data.synthetic import market
from recsys_course.data.synthetic.audience import Audience
from recsys_course.data.synthetic.chance import Dice, expand, first_rows, ordered, starts
from recsys_course.data.synthetic.repertoire import ANYTHING, Repertoire
from recsys_course.data.synthetic.sizes import Size

_FROM_THE_START = 0.6  # of series are begun with the first episode, the others somewhere in it
_ROUNDS = 12  # of picking more by taste, before the rest of a nearly full matrix is filled anyhow


@dataclass(frozen=True)
class Pairs:
    """Pairs of user and item, one entry each.

    Attributes
    ----------
    user, item, work, session : numpy.ndarray of int32
        Indices; sessions and works as in `Audience` and `Repertoire`.
    breadth : numpy.ndarray of int8
        How narrowly the work was chosen; what was chosen by taste is watched to its end more often.
    """

    user: np.ndarray
    item: np.ndarray
    work: np.ndarray
    session: np.ndarray
    breadth: np.ndarray

    def __len__(self) -> int:
        return len(self.user)

    def __getitem__(self, rows: np.ndarray) -> "Pairs":
        return Pairs(*(getattr(self, field.name)[rows] for field in fields(self)))

    def __add__(self, other: "Pairs") -> "Pairs":
        return Pairs(
            *(
                np.concatenate([getattr(self, field.name), getattr(other, field.name)])
                for field in fields(self)
            )
        )


def make_pairs(dice: Dice, size: Size, repertoire: Repertoire, audience: Audience) -> Pairs:
    """Let users watch until every total is met.

    Parameters
    ----------
    dice : Dice
        Source of chance.
    size : Size
        Exact numbers of users, items and pairs.
    repertoire : Repertoire
        What is on.
    audience : Audience
        Who watches, and when.

    Returns
    -------
    Pairs
        In no meaningful order; no pair twice, no user and no item missing.
    """
    watch = _Watching(dice, size, repertoire, audience)
    pairs = watch.by_taste()
    pairs = pairs + watch.first_of(_absent(pairs.user, size.users))
    pairs = pairs + watch.unseen(pairs, _absent(pairs.item, size.items))
    if len(pairs) < size.pairs:
        return watch.more(pairs)
    return watch.fewer(pairs)


def _absent(column: np.ndarray, count: int) -> np.ndarray:
    return np.flatnonzero(np.bincount(column, minlength=count) == 0)


class _Watching:
    """The steps of `make_pairs`, over what they share."""

    def __init__(self, dice: Dice, size: Size, repertoire: Repertoire, audience: Audience) -> None:
        self._dice = dice
        self._size = size
        self._repertoire = repertoire
        self._audience = audience
        self._work_of_item = expand(repertoire.episodes)[0].astype(np.int32)
        self._first_item = repertoire.first_item.astype(np.int32)
        self._kinds = np.bincount(repertoire.kind, minlength=2) > 0

    def _key(self, user: np.ndarray, item: np.ndarray) -> np.ndarray:
        return user.astype(np.int64) * self._size.items + item

    def _possible(self, kind: np.ndarray) -> np.ndarray:
        # a tiny cinema may have only films or only series
        return kind if self._kinds.all() else np.full_like(kind, int(self._kinds[1]))

    def by_taste(self) -> Pairs:
        """Let everyone pick films and runs of episodes as far as his appetite goes."""
        dice, audience, repertoire = self._dice, self._audience, self._repertoire
        users = np.arange(self._size.users, dtype=np.int32)
        user = np.repeat(users, audience.appetite)
        kind = self._possible((dice.uniform(len(user)) < audience.bingeing[user]).astype(np.int8))
        binge = market.BINGE_LENGTHS[dice.choose(market.BINGE_WEIGHTS, len(user))]
        run = np.where(kind == 1, binge, 1).astype(np.int32)
        eaten = np.cumsum(run) - run
        eaten -= eaten[starts(audience.appetite)][user]
        left = audience.appetite[user] - eaten
        used = np.flatnonzero(left > 0)
        user, kind, run = user[used], kind[used], np.minimum(run, left)[used].astype(np.int32)
        del eaten, left, used, binge
        session, work, breadth = audience.wish(dice, repertoire, user, kind)
        episode = self._continue_series(user, kind, run, session, work)
        run = np.clip(np.minimum(run, repertoire.episodes[work] - episode), 0, None)
        pick, position = expand(run)
        item = (self._first_item[work] + episode)[pick] + position
        pairs = Pairs(user[pick], item.astype(np.int32), work[pick], session[pick], breadth[pick])
        return pairs[first_rows(self._key(pairs.user, pairs.item))]

    def _continue_series(
        self,
        user: np.ndarray,
        kind: np.ndarray,
        run: np.ndarray,
        session: np.ndarray,
        work: np.ndarray,
    ) -> np.ndarray:
        # a series that a user picks again goes on with the episode after the last one he saw
        serial = np.flatnonzero(kind == 1)
        by_time, _ = ordered(self._audience.start[session[serial]])
        serial = serial[by_time]
        by_series, is_new = ordered(user[serial].astype(np.int64), work[serial])
        serial = serial[by_series]
        count = len(serial)
        chance, depth = self._dice.uniform(count), self._dice.uniform(count)
        length = self._repertoire.episodes[work[serial]]
        begun = np.where(chance < _FROM_THE_START, 0, (length * depth * depth).astype(np.int64))
        head = np.maximum.accumulate(np.where(is_new, np.arange(count), 0))
        watched = starts(run[serial])
        episode = np.zeros(len(user), np.int64)
        episode[serial] = begun[head] + watched - watched[head]
        return episode

    def first_of(self, user: np.ndarray) -> Pairs:
        """Let users pick one film each, or the beginning of a series."""
        kind = self._possible(np.zeros(len(user), np.int8))
        session, work, breadth = self._audience.wish(self._dice, self._repertoire, user, kind)
        return Pairs(user.astype(np.int32), self._first_item[work], work, session, breadth)

    def unseen(self, pairs: Pairs, item: np.ndarray) -> Pairs:
        """Give each unseen item one viewer, if possible one who watched its genre."""
        genre = self._repertoire.genre
        tries = self._dice.below(len(pairs), 6 * len(item)).reshape(-1, 6)
        wanted = genre[self._work_of_item[item]]
        fits = genre[pairs.work[tries]] == wanted[:, None]
        viewer = tries[np.arange(len(item)), np.argmax(fits, axis=1)]
        return Pairs(
            pairs.user[viewer],
            item.astype(np.int32),
            self._work_of_item[item],
            pairs.session[viewer],
            np.full(len(item), ANYTHING, np.int8),
        )

    def more(self, pairs: Pairs) -> Pairs:
        """Add single picks by active users until there are enough pairs."""
        for _ in range(_ROUNDS):
            missing = self._size.pairs - len(pairs)
            tries = max(1000, missing * 8 // 5)
            user = self._dice.choose(self._audience.appetite, tries)
            picked = self.first_of(user)
            known = np.sort(self._key(pairs.user, pairs.item))
            key = self._key(picked.user, picked.item)
            place = np.minimum(np.searchsorted(known, key), len(known) - 1)
            fresh = np.flatnonzero(known[place] != key)
            fresh = fresh[first_rows(key[fresh])][:missing]
            pairs = pairs + picked[fresh]
            if len(pairs) == self._size.pairs:
                return pairs
        return self._anyhow(pairs)

    def _anyhow(self, pairs: Pairs) -> Pairs:
        free = np.ones(self._size.users * self._size.items, bool)
        free[self._key(pairs.user, pairs.item)] = False
        key = np.flatnonzero(free)
        key = key[self._dice.shuffled(len(key))[: self._size.pairs - len(pairs)]]
        return pairs + self._arbitrary(key // self._size.items, key % self._size.items)

    def _arbitrary(self, user: np.ndarray, item: np.ndarray) -> Pairs:
        sessions = self._audience.sessions
        session = starts(sessions)[user] + self._dice.below(sessions[user], len(user))
        return Pairs(
            user.astype(np.int32),
            item.astype(np.int32),
            self._work_of_item[item],
            session.astype(np.int32),
            np.full(len(user), ANYTHING, np.int8),
        )

    def fewer(self, pairs: Pairs) -> Pairs:
        """Drop random pairs, but never the only one of a user or of an item."""
        surplus = len(pairs) - self._size.pairs
        is_free = np.ones(len(pairs), bool)
        is_free[first_rows(pairs.user)] = False
        is_free[first_rows(pairs.item)] = False
        free = np.flatnonzero(is_free)
        if surplus > len(free):
            return self._barely()
        kept = np.ones(len(pairs), bool)
        kept[free[self._dice.shuffled(len(free))[:surplus]]] = False
        return pairs[np.flatnonzero(kept)]

    def _barely(self) -> Pairs:
        # so few pairs that users and items must share them: a diagonal covers all, then go on
        one_each = np.arange(max(self._size.users, self._size.items))
        pairs = self._arbitrary(one_each % self._size.users, one_each % self._size.items)
        return self.more(pairs) if len(pairs) < self._size.pairs else pairs
