"""When and how long: rows of the views frame, with repeats, from pairs of user and item."""

from dataclasses import dataclass

import numpy as np

from recsys_course.data.synthetic import market
from recsys_course.data.synthetic.audience import Audience
from recsys_course.data.synthetic.chance import Dice, ordered
from recsys_course.data.synthetic.repertoire import Repertoire
from recsys_course.data.synthetic.viewing import Pairs

# Probability that an item is watched to its end, and that it is given up soon, by the breadth of
# the choice (anything, by genre, by niche): the watched share is U-shaped, and taste shows in it.
_TO_THE_END = np.array([0.28, 0.34, 0.42])
_GIVEN_UP = np.array([0.48, 0.42, 0.32])

_CHILDREN_REPEAT = 3  # times as often
_DAY, _HOUR = 86_400, 3600
_LONGEST_SITTING = 6 * _HOUR


@dataclass(frozen=True)
class Diary:
    """Columns of the views, one entry for each row, ordered by user and time.

    Attributes
    ----------
    user, item : numpy.ndarray of int32
        Indices.
    seconds : numpy.ndarray of int32
        How long was watched.
    moment : numpy.ndarray of int32
        When the view began, in seconds from the opening of the window.
    platform : numpy.ndarray of int8
        Index into ``market.PLATFORMS``.
    """

    user: np.ndarray
    item: np.ndarray
    seconds: np.ndarray
    moment: np.ndarray
    platform: np.ndarray


def make_diary(
    dice: Dice, rows: int, pairs: Pairs, repertoire: Repertoire, audience: Audience
) -> Diary:
    """Write pairs out as views: each once, and some again.

    Parameters
    ----------
    dice : Dice
        Source of chance.
    rows : int
        Exact number of views, not fewer than pairs.
    pairs : Pairs
        Who watched what in which session.
    repertoire, audience
        What the pairs refer to.

    Returns
    -------
    Diary
    """
    again = dice.choose(_repeat_weights(dice, pairs, repertoire), rows - len(pairs))
    length = repertoire.minutes[pairs.work] * 60
    length *= 0.97 + 0.06 * dice.uniform(len(pairs))
    seconds = _watched(dice, length, pairs.breadth)
    moment = _moments(dice, pairs.session, seconds, audience.start)
    again_seconds = _watched_again(dice, length[again])
    again_moment = _moments_again(dice, moment[again])
    row = np.concatenate([np.arange(len(pairs), dtype=np.int32), again.astype(np.int32)])
    moment = np.concatenate([moment, again_moment])
    seconds = np.concatenate([seconds, again_seconds])
    order, _ = ordered(pairs.user[row], moment)
    row = row[order]
    return Diary(
        user=pairs.user[row],
        item=pairs.item[row],
        seconds=seconds[order],
        moment=moment[order],
        platform=audience.platform[pairs.session[row]],
    )


def _repeat_weights(dice: Dice, pairs: Pairs, repertoire: Repertoire) -> np.ndarray:
    # some users often come back to what they began, children to what they like
    users = int(pairs.user.max()) + 1
    habit = dice.uniform(users)
    habit = (0.15 + 2.2 * habit * habit * habit)[pairs.user]
    weight = 0.08 + dice.exponential(len(pairs)) * habit
    children = market.AUDIENCE_OF_GENRE[repertoire.genre] == market.CHILDREN
    weight *= np.where(children, _CHILDREN_REPEAT, 1)[pairs.work]
    return np.rint(weight * (1 << 20)).astype(np.int64)


def _whole_seconds(seconds: np.ndarray) -> np.ndarray:
    return np.maximum(np.rint(seconds), 1).astype(np.int32)


def _watched(dice: Dice, length: np.ndarray, breadth: np.ndarray) -> np.ndarray:
    fate, chance = dice.uniform(len(length)), dice.uniform(len(length))
    to_the_end = _TO_THE_END[breadth]
    root = np.sqrt(chance)
    share = np.where(
        fate < to_the_end,
        0.90 + 0.10 * root,
        np.where(fate < to_the_end + _GIVEN_UP[breadth], 0.16 * chance * root, 0.1 + 0.8 * chance),
    )
    return _whole_seconds(length * share)


def _watched_again(dice: Dice, length: np.ndarray) -> np.ndarray:
    brief = np.where(dice.uniform(len(length)) < 0.5, 0.25, 1.0)
    return _whole_seconds(length * brief * dice.uniform(len(length)))


def _moments(dice: Dice, session: np.ndarray, seconds: np.ndarray, start: np.ndarray) -> np.ndarray:
    # within a session one thing follows another
    order, is_first = ordered(session)
    lasting = seconds[order] + 20 + dice.below(120, len(order))
    elapsed = np.cumsum(lasting) - lasting
    head = np.maximum.accumulate(np.where(is_first, np.arange(len(order)), 0))
    elapsed -= elapsed[head]
    after = np.empty(len(order), np.int64)
    after[order] = np.minimum(elapsed, _LONGEST_SITTING + elapsed % _HOUR)
    return np.minimum(start[session] + after, market.DAYS * _DAY - 1).astype(np.int32)


def _moments_again(dice: Dice, moment: np.ndarray) -> np.ndarray:
    # the same evening, or at nearly the same hour some days later
    count = len(moment)
    soon = 600 + dice.below(5 * _HOUR, count)
    later = _DAY * (1 + dice.below(9, count)) + dice.below(2 * _HOUR, count) - _HOUR
    delay = np.where(dice.uniform(count) < 0.55, soon, later)
    end = market.DAYS * _DAY
    again = np.where(moment + delay < end, moment + delay, moment - delay)
    return np.clip(again, 0, end - 1).astype(np.int32)
