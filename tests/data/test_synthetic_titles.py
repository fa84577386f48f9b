"""Invented titles: distinct, in both languages, grammatical, and of their genre."""

import re

import pytest

from recsys_course.data.synthetic import FULL, make
from recsys_course.data.synthetic.titles.grammar import patterns

CYRILLIC, LATIN = re.compile("[а-яё]", re.IGNORECASE), re.compile("[a-z]", re.IGNORECASE)
EPISODE = {"en": r", episode \d+$", "ru": r", серия \d+$"}


def works(catalogue, lang):
    """Titles of films and series, without numbers of episodes."""
    is_first = catalogue["compilation_id"].isna() | ~catalogue["compilation_id"].duplicated()
    return catalogue.loc[is_first, "title"].str.replace(EPISODE[lang], "", regex=True)


@pytest.fixture(scope="module")
def full():
    return {lang: make(FULL, lang=lang).catalogue for lang in ("en", "ru")}


def test_titles_are_distinct(full):
    for lang, catalogue in full.items():
        assert works(catalogue, lang).is_unique
        assert catalogue["title"].is_unique
        assert catalogue["title"].notna().all()


def test_titles_are_in_their_language(full):
    english, russian = works(full["en"], "en"), works(full["ru"], "ru")
    assert not english.str.contains(CYRILLIC).any()
    assert not russian.str.contains(LATIN).any()
    assert english.str.contains(LATIN).all()
    assert russian.str.contains(CYRILLIC).all()


def test_titles_are_well_formed(full):
    for lang, catalogue in full.items():
        titles = works(catalogue, lang)
        assert titles.str.match(r"[A-ZА-ЯЁ]").all()
        assert not titles.str.contains(r"[{}|/_]|  |^ | $|[.,:]$", regex=True).any()
        assert titles.str.len().max() <= 75


def test_a_sequel_has_the_same_number_in_both_languages(full):
    number = r" (\d)$"
    english = works(full["en"], "en").str.extract(number)[0]
    russian = works(full["ru"], "ru").str.replace("-", " ").str.extract(number)[0]
    assert english.equals(russian)
    assert 0.01 < english.notna().mean() < 0.10


def test_episodes_carry_the_name_of_their_series_and_their_number(full):
    for lang, catalogue in full.items():
        episodes = catalogue[catalogue["compilation_id"].notna()]
        number = episodes["title"].str.extract(r" (\d+)$")[0].astype(int)
        assert episodes["title"].str.contains(EPISODE[lang]).all()
        series = episodes["compilation_id"]
        assert (number == episodes.groupby(series).cumcount() + 1).all()
        name = episodes["title"].str.replace(EPISODE[lang], "", regex=True)
        assert (name.groupby(series).nunique() == 1).all()
        films = catalogue[catalogue["compilation_id"].isna()]
        assert not films["title"].str.contains(EPISODE[lang]).any()


@pytest.mark.parametrize(
    ("genre", "number", "english", "en", "ru"),
    [
        ("Drama", 0, ["Quiet", "Harbour"], "The Quiet Harbour", "Тихая гавань"),
        ("Drama", 0, ["Grey", "Window"], "The Grey Window", "Серое окно"),
        (
            "Action",
            5,
            ["Grey", "Wolf"],
            "The Law of the Grey Wolf",
            "Закон серого волка",
        ),
        (
            "Action",
            2,
            ["Black", "Storm"],
            'Operation "Black Storm"',
            "Операция «Чёрный шторм»",
        ),
        ("Mystery", 0, ["Investigator/f", "Gromov"], "Investigator Gromova", "Следователь Громова"),
        ("Mystery", 0, ["Inspector/m", "Orlov"], "Inspector Orlov", "Инспектор Орлов"),
        ("Crime", 4, ["Brothers", "Zimin"], "The Zimin Brothers", "Братья Зимины"),
        (
            "Comedy",
            6,
            ["Outsmart", "Mother-in-Law"],
            "How to Outsmart the Mother-in-Law",
            "Как перехитрить тёщу",
        ),
        ("Comedy", 1, ["My", "Jealous", "Nanny"], "My Jealous Nanny", "Моя ревнивая няня"),
        (
            "Cartoon series",
            0,
            ["Turtle", "Gosha"],
            "The Adventures of Sonya the Turtle",
            "Приключения черепашки Сони",
        ),
        (
            "Educational",
            1,
            ["Counting", "Puppy", "Bublik"],
            "Counting with Bublik the Puppy",
            "Считаем со щенком Бубликом",
        ),
        (
            "Documentary",
            0,
            ["Winds", "the Urals"],
            "Winds of the Urals",
            "Ветры Урала",
        ),
        ("War", 0, ["Third", "Company"], "The Third Company", "Третья рота"),
    ],
)
def test_words_agree(genre, number, english, en, ru):
    pattern = patterns()[genre][number]
    chosen = []
    for words, wanted in zip(pattern.lists, english, strict=True):
        name, _, gender = wanted.partition("/")
        same = [word for word in words if word.forms["en"][0] == name]
        chosen.append(same["mf".index(gender)] if gender else same[0])
    assert pattern.render(chosen, "en") == en
    assert pattern.render(chosen, "ru") == ru


def every_word():
    for theme in patterns().values():
        for pattern in theme:
            for words in pattern.lists:
                yield from words


def test_each_word_has_every_case_that_its_patterns_ask_for():
    for theme in patterns().values():
        for pattern in theme:
            for pieces in pattern.pieces.values():
                slots = [piece for piece in pieces if not isinstance(piece, str)]
                for slot in slots:
                    assert all(slot.case in word.forms for word in pattern.lists[slot.word])


def test_both_languages_use_the_same_words():
    for theme in patterns().values():
        for pattern in theme:
            used = [
                {piece.word for piece in pieces if not isinstance(piece, str)}
                for pieces in pattern.pieces.values()
            ]
            assert used == [set(range(len(pattern.lists)))] * 2


def test_adjectives_end_as_their_gender_does():
    endings = (("ый", "ий", "ой"), ("ая", "яя", "ья"), ("ое", "ее", "ье"), ("ые", "ие", "ьи"))
    adjectives = {
        word.forms["nom"]
        for word in every_word()
        if word.gender is None and len(set(word.forms["nom"])) == 4
    }
    adjectives -= {("мой", "моя", "моё", "мои"), ("один", "одна", "одно", "одни")}
    assert len(adjectives) > 140
    for forms in adjectives:
        assert all(form.endswith(ending) for form, ending in zip(forms, endings, strict=True)), (
            forms
        )
