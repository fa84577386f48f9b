"""Small exercises inside of the lessons: an answer is looked at on the spot, nothing is graded."""

from recsys_course.exercises.outcome import Outcome, exercise, guess

__all__ = ["Outcome", "exercise", "guess"]
