"""A quiz at the end of a lesson: questions in `<language>/<lesson>.toml`, each answer explained."""

from recsys_course.quiz.reading import questions
from recsys_course.quiz.showing import on_paper, quiz

__all__ = ["on_paper", "questions", "quiz"]
