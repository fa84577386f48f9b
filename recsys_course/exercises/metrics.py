"""Exercises of the lesson on metrics."""

from typing import Any

import numpy as np

from coursegrader.hints import Hint, expect
from recsys_course.exercises.outcome import exercise, near, number

TOP = 1 + 2 / 4  # hits at ranks 1 and 4: the precisions down to them
GAINS = 1 / np.log2(np.arange(2, 5))  # what a hit at rank 1, 2, 3 is worth
LIBRARIES = {  # figure -> library, AP's divisor, who is averaged
    0.30: ("ranx", "|W|", "all"),
    0.42: ("RecTools, with options", "k", "all"),
    0.45: ("recommenders, map", "|W|", "served"),
    0.50: ("implicit", "min", "all"),
    0.75: ("recommenders, map_at_k", "min", "served"),
}
SAME = {"replay": "implicit", "rectools": "ranx"}  # the same MAP, under another name


@exercise("One sum, two divisors, and both figures are called AP@5.")
def check_ap(by_possible: Any, by_k: Any) -> None:
    """Look at AP@5 by min(k, |W|) and by k: hits at ranks 1 and 4, three films watched."""
    if near(by_possible, TOP / 5) and near(by_k, TOP / 3):
        raise Hint("the two changed places: only one of them divides by the places", "swapped")
    if near(by_possible, TOP) or near(by_k, TOP):
        raise Hint("that is the sum at the hits: it is still to be divided", "not-divided")
    if near(by_possible, 5 / 4 / 3) or near(by_k, 5 / 4 / 5):
        said = "that is the lecture's sum, where a hit is worth 1/r whatever stands above it"
        raise Hint(f"{said}; in AP it is worth the precision down to it", "one-over-rank")
    if near(by_possible, 2 / 3) or near(by_k, 2 / 5):
        raise Hint("that is recall or precision, which don't ask where the hits stand", "no-ranks")
    if near(by_possible, TOP / 2) or near(by_k, TOP / 2):
        raise Hint("divided by the hits that were found, a missed film costs nothing", "by-hits")
    if not near(by_possible, TOP / 3):
        said = "how many hits were possible for this user in five places?"
        raise Hint(f"by min(k, |W|) you have {number(by_possible):.3g}: {said}", "possible-off")
    if not near(by_k, TOP / 5):
        raise Hint(f"by k you have {number(by_k):.3g}: how many places has the list?", "k-off")


@exercise("The second hit came one place late, and that costs 8 % of the ideal.")
def check_ndcg(ndcg: Any) -> None:
    """Look at NDCG@3 of one list: hits at ranks 1 and 3, two films watched."""
    dcg, right = GAINS[0] + GAINS[2], (GAINS[0] + GAINS[2]) / GAINS[:2].sum()
    if near(ndcg, dcg):
        raise Hint("that is the DCG: divide it by that of the ideal list", "not-divided")
    if near(ndcg, dcg / GAINS.sum()):
        said = "your ideal list holds more hits than there are films to hit"
        raise Hint(f"{said}: this user watched two", "ideal-of-k")
    if near(ndcg, (1 + 1 / 3) / (1 + 1 / 2)):
        raise Hint("that weighs a hit by 1 / r; the slope of DCG is gentler", "one-over-rank")
    if near(ndcg, 1 / right):
        raise Hint("upside down: nothing is better than the ideal list", "upside-down")
    if near(ndcg, 1):
        raise Hint("1 is for a list with every hit at the top: is this one like that?", "perfect")
    if near(ndcg, 2 / 3):
        raise Hint("that counts hits; here each is worth less the lower it stands", "no-weights")
    expect(
        near(ndcg, right),
        f"{number(ndcg):.3g} is not it. Write 1 / log2(r + 1) beside each rank: which of these "
        "does this list collect, and which would the ideal one?",
        "another-value",
    )


@exercise("Three divisors and two kinds of mean: one set of lists, from 0.30 to 0.75.")
def check_conventions(made_by: Any) -> None:
    """Look at which library's convention made each of five MAP@2."""
    names = {name.lower(): name for name, _, _ in LIBRARIES.values()}
    expect(
        isinstance(made_by, dict),
        f"expected a dictionary of figures and libraries, got {type(made_by).__name__}",
        "not-a-dictionary",
    )
    expect(
        made_by.keys() == LIBRARIES.keys(),
        "the figures on the left are given: keep them, and fill in the right side of each",
        "other-figures",
    )
    plain = {figure: str(name).replace("`", "").lower() for figure, name in made_by.items()}
    plain = {figure: SAME.get(name, name) for figure, name in plain.items()}
    unknown = [made_by[figure] for figure, name in plain.items() if name not in names]
    expect(not unknown, f"{unknown[:1]} is not one of the five names on the list", "another-name")
    if len(set(plain.values())) == 1:
        raise Hint("one library gives one figure for these lists, not five", "one-for-all")
    about = {name: kinds for name, *kinds in LIBRARIES.values()}
    pairs = [(about[names[plain[figure]]], kinds) for figure, (_, *kinds) in LIBRARIES.items()]
    wrong = [(said, true) for said, true in pairs if said != true]
    count = f"{len(wrong)} of 5 figures stand beside another library"
    if wrong and all(said[1] == true[1] for said, true in wrong):
        raise Hint(f"{count}. Whom they average is right: what is AP divided by?", "divisors-mixed")
    if wrong and all(said[0] == true[0] for said, true in wrong):
        said = "Their divisor is right: is Eve, who got no list, one of the users?"
        raise Hint(f"{count}. {said}", "users-mixed")
    expect(
        not wrong,
        f"{count}. Write down the AP of Ann and Bob under each divisor, then take each mean over "
        "three users and over two",
        "others-mixed",
    )


@exercise("Nine places show four films, and all the novelty of Ann's list comes from two of them.")
def check_shelves(coverage: Any, novelty: Any) -> None:
    """Look at the coverage of three lists, four films of ten, and the novelty of one of them."""
    if near(coverage, 9 / 10):
        raise Hint("a film that stands in three lists is covered once, not thrice", "counted-again")
    if near(coverage, 4 / 9):
        raise Hint("coverage is a share of the catalogue, not of the places", "share-of-places")
    if near(coverage, 2 / 10):
        raise Hint("one list is enough for a film; it needn't stand in every one", "in-every-list")
    if near(coverage, 3 / 10):
        raise Hint("that is the share that one list shows: take all three together", "one-list")
    if near(coverage, 4) or near(novelty, 4):
        raise Hint(
            "that is a count or a sum, and a share or a mean is asked for: what is it of?",
            "no-share",
        )
    if not near(coverage, 4 / 10):
        said = "how many different films stand in the three lists?"
        raise Hint(f"coverage is not {number(coverage):.3g}: {said}", "coverage-off")
    if near(novelty, -np.log2((1 + 1 / 2 + 1 / 8) / 3)):
        raise Hint("first the bits of each film, then their mean, not the reverse", "log-of-mean")
    if near(novelty, 4 / 3 * np.log(2)):
        raise Hint("that is the natural logarithm; bits want log2", "natural-log")
    if near(novelty, -4 / 3):
        raise Hint("the sign is lost: a rare film brings more bits than a known one", "sign-lost")
    if not near(novelty, 4 / 3):
        said = "how many bits does a film bring that 8, 4 or 1 of eight users watched?"
        raise Hint(f"novelty is not {number(novelty):.3g}: {said}", "novelty-off")
