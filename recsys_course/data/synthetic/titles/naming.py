"""Invented titles of films and series, the same idea in English and in Russian."""

import math
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recsys_course.data.synthetic import market
from recsys_course.data.synthetic.catalogue import Rows, Works
from recsys_course.data.synthetic.chance import Dice, ordered
from recsys_course.data.synthetic.titles.grammar import patterns

# A pattern is drawn in proportion to the titles it can make, but no pattern fills a whole genre.
_MOST_WEIGHT = 2000

_EPISODE = {"en": ", episode ", "ru": ", серия "}


def make_titles(dice: Dice, works: Works, rows: Rows, lang: str) -> pa.Array:
    """Title every film and episode.

    Parameters
    ----------
    dice : Dice
        Source of chance: the same words are drawn for every language.
    works : Works
        Films and series.
    rows : Rows
        Their rows in the catalogue.
    lang : str
        ``"en"`` or ``"ru"``.

    Returns
    -------
    pyarrow.Array of string
        One for each row of the catalogue; an episode's is its series, a comma and its number.
    """
    work_titles = pa.array(_work_titles(dice, works, lang), pa.string())
    number = pc.cast(pa.array(rows.episode + 1), pa.string())
    suffix = pc.binary_join_element_wise(_EPISODE[lang], number, "")
    suffix = pc.if_else(pa.array(works.is_series[rows.work]), suffix, "")
    return pc.binary_join_element_wise(work_titles.take(pa.array(rows.work)), suffix, "")


def _work_titles(dice: Dice, works: Works, lang: str) -> list[str]:
    titles = {"en": [""] * len(works.genre), "ru": [""] * len(works.genre)}
    for index, name in enumerate(market.GENRE_NAMES["en"]):
        of_genre = np.flatnonzero(works.genre == index)
        theme = patterns()[name]
        possible = [math.prod(len(words) for words in pattern.lists) for pattern in theme]
        drawn = dice.choose(np.minimum(possible, _MOST_WEIGHT), len(of_genre))
        for number, pattern in enumerate(theme):
            members = of_genre[drawn == number].tolist()
            choices = [dice.below(len(words), len(members)).tolist() for words in pattern.lists]
            for work, *places in zip(members, *choices, strict=True):
                words = [of[place] for of, place in zip(pattern.lists, places, strict=True)]
                for language, column in titles.items():
                    column[work] = pattern.render(words, language)
    return _with_sequel_numbers(titles, works.release_day)[lang]


def _with_sequel_numbers(
    titles: dict[str, list[str]], release_day: np.ndarray
) -> dict[str, list[str]]:
    # What has the same title in one of the languages is a sequel, with one number in both.
    parts: dict[str, Counter[str]] = {language: Counter() for language in titles}
    by_release, _ = ordered(release_day - release_day.min())
    for work in by_release.tolist():
        part = 1 + max(parts[language][titles[language][work]] for language in titles)
        for language, column in titles.items():
            parts[language][column[work]] = part
            if part > 1:
                column[work] += f" {part}"
    return titles
