"""The questions of a quiz, as they stand in its file."""

import tomllib
from importlib.resources import files
from typing import Any

from recsys_course.edition import LANGUAGES, language
from recsys_course.errors import CourseError, nearest


def questions(name: str, lang: str | None = None) -> list[dict[str, Any]]:
    """Read the questions of a quiz.

    Parameters
    ----------
    name : str
        A lesson's, without its number: "knn".
    lang : str, optional
        The edition; that which is on by default. One that isn't translated yet is in English.

    Returns
    -------
    list of dict
        "text", and "answer": a list of dicts with "text", "says" and, if it is so, "right".

    Raises
    ------
    CourseError
        If there is no such quiz.

    Examples
    --------
    >>> len(questions("knn"))
    9
    >>> questions("kn")
    Traceback (most recent call last):
    recsys_course.errors.CourseError: no quiz 'kn'; did you mean knn?
    """
    folder = files("recsys_course") / "quiz"
    for each in (language(lang), LANGUAGES[0]):
        file = folder / each / f"{name}.toml"
        if file.is_file():
            found: list[dict[str, Any]] = tomllib.loads(file.read_text("utf-8"))["question"]
            return found
    known = [each.name.removesuffix(".toml") for each in (folder / LANGUAGES[0]).iterdir()]
    near = nearest(name, known)
    raise CourseError(f"no quiz {name!r}; " + (f"did you mean {near}?" if near else str(known)))
