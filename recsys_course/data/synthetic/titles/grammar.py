"""Words and patterns of titles, read from ``words/``: English and Russian side by side."""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

_GENDERS = "mfnp"  # masculine, feminine, neuter, plural: the order of a word's four forms
_SLOT = re.compile(r"\{([^}]+)\}")
_TABLES = ("adjectives", "nouns", "people", "plurals", "phrases")


@dataclass(frozen=True)
class Word:
    """One word or phrase in both languages.

    Attributes
    ----------
    gender : int or None
        Place in ``"mfnp"`` of a noun; None for a word that agrees with a noun, or never changes.
    forms : dict of str to tuple of str
        For each case (``en`` is the English form) the forms for the four genders.
    """

    gender: int | None
    forms: dict[str, tuple[str, str, str, str]]


@dataclass(frozen=True)
class Slot:
    """Place of a drawn word in a pattern.

    Attributes
    ----------
    word, noun : int
        Which of the drawn words stands here, and which one it agrees with.
    case : str
        Its form.
    opens : bool
        Whether it opens a sentence and so takes a capital letter.
    """

    word: int
    noun: int
    case: str
    opens: bool


@dataclass(frozen=True)
class Pattern:
    """One way to make a title.

    Attributes
    ----------
    lists : tuple of sequences of Word
        What to draw: one word of each.
    pieces : dict of str to tuple
        For each language, texts and slots in their order.
    """

    lists: tuple[Sequence[Word], ...]
    pieces: dict[str, tuple[str | Slot, ...]]

    def render(self, words: Sequence[Word], lang: str) -> str:
        """Put words into the pattern.

        Parameters
        ----------
        words : sequence of Word
            One of each list.
        lang : str
            ``"en"`` or ``"ru"``.

        Returns
        -------
        str
            The title.
        """
        texts = []
        for piece in self.pieces[lang]:
            if isinstance(piece, str):
                texts.append(piece)
                continue
            form = words[piece.word].forms[piece.case][words[piece.noun].gender or 0]
            texts.append(form[0].upper() + form[1:] if piece.opens else form)
        return "".join(texts)


@functools.cache
def patterns() -> dict[str, tuple[Pattern, ...]]:
    """Read all patterns.

    Returns
    -------
    dict of str to tuple of Pattern
        By English name of the genre.

    Examples
    --------
    >>> pattern = patterns()["Horror"][0]
    >>> words = [words[1] for words in pattern.lists]
    >>> pattern.render(words, "en"), pattern.render(words, "ru")
    ('The Empty Doll', 'Пустая кукла')
    """
    lists = _word_lists()
    themes: dict[str, list[Pattern]] = {}
    genre = ""
    for line in _lines("themes"):
        if line.startswith("["):
            genre = line.strip("[]")
            themes.setdefault(genre, [])
        else:
            en, ru = line.split(" | ")
            themes[genre].append(_compiled(en, ru, lists))
    return {genre: tuple(theme) for genre, theme in themes.items()}


def _lines(name: str) -> Iterator[str]:
    text = files(str(__package__)).joinpath("words", f"{name}.txt").read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))


def _word_lists() -> dict[str, list[Word]]:
    # tables first, then the lists that choose from them
    lists: dict[str, list[Word]] = {}
    title, columns = "", list[str]()
    for name in _TABLES:
        for line in _lines(name):
            if line.startswith("["):
                title, _, header = line[1:].partition("] ")
                columns = header.split(" | ")
                lists.setdefault(title, [])
            else:
                lists[title].append(_word(dict(zip(columns, line.split(" | "), strict=True))))
    nouns = {word.forms["en"][0]: word for word in lists.pop("nouns")}
    adjectives = {word.forms["en"][0]: word for word in lists.pop("adjectives")}
    for line in _lines("lists"):
        title, _, items = line.partition(": ")
        names = items.split(", ")
        # a list is all adjectives or all nouns ("Winter" can be both)
        source = adjectives if adjectives.keys() >= set(names) else nouns
        lists[title] = [
            word
            for name in names
            for word in (lists[name.strip("[]")] if name.startswith("[") else [source[name]])
        ]
    return lists


def _word(cells: dict[str, str]) -> Word:
    gender = cells.pop("gender", None)
    forms = {case: _four_forms(cell) for case, cell in cells.items()}
    return Word(None if gender is None else _GENDERS.index(gender), forms)


def _four_forms(cell: str) -> tuple[str, str, str, str]:
    forms = cell.split("/")
    masculine, feminine = forms[0], forms[min(1, len(forms) - 1)]
    neuter = forms[2] if len(forms) == 4 else masculine
    plural = forms[-1] if len(forms) > 2 else masculine
    return masculine, feminine, neuter, plural


def _compiled(en: str, ru: str, lists: dict[str, list[Word]]) -> Pattern:
    # the groups in the Russian pattern say which word agrees with which
    names: list[str] = []
    noun_of: dict[str, str] = {}
    for group in _SLOT.findall(ru):
        together = group.partition(":")[0].split()
        nouns = [name for name in together if lists[name][0].gender is not None]
        names += together
        noun_of |= dict.fromkeys(together, (nouns or together)[0])

    def pieces(pattern: str, default: str) -> Iterator[str | Slot]:
        before = ""
        for number, text in enumerate(_SLOT.split(pattern)):
            if number % 2 == 0:
                before = text
                yield text
                continue
            group, _, case = text.partition(":")
            for place, name in enumerate(group.split()):
                if place:
                    yield " "
                at_start = number == 1 and not before
                opens = place == 0 and (at_start or before.endswith((". ", "«")))
                noun = noun_of[name]
                yield Slot(names.index(name), names.index(noun), case or default, opens)

    return Pattern(
        lists=tuple(lists[name] for name in names),
        pieces={"en": tuple(pieces(en, "en")), "ru": tuple(pieces(ru, "nom"))},
    )
