"""A quiz at the end of a lesson, shown by jupyterquiz; without scripts, and on paper, as a list."""

import html
import random
import re
from typing import Any

from IPython.display import HTML, Javascript, display
from IPython.utils.capture import capture_output
from jupyterquiz import display_quiz

from recsys_course.quiz.reading import questions
from recsys_course.student.achieved import achieve

_COLOURS = {
    "--jq-multiple-choice-bg": "#1f4e79",
    "--jq-many-choice-bg": "#5b3a75",
    # on a white page and on a dark one: contrasts of 4.2 and more
    "--jq-incorrect-color": "#d5443a",
    "--jq-correct-color": "#218a42",
}
# JupyterLab's own MathJax can't be called by others; jupyterquiz would fetch another one
_NO_FETCH = "if (window.MathJax && !MathJax.typeset) { MathJax.typeset = () => {}; }"
_HIDE = "document.querySelectorAll('.quiz-on-paper').forEach(each => { each.hidden = true; });"


def quiz(name: str) -> None:
    """Show a lesson's quiz; each answer says at once why it is right, or what is behind it.

    Parameters
    ----------
    name : str
        See `questions`.

    Raises
    ------
    CourseError
        If there is no such quiz.
    """
    asked = questions(name)
    display(HTML(on_paper(asked)))
    state = random.getstate()
    random.seed(name)  # jupyterquiz draws a name for its place: the same in each run
    try:
        with capture_output() as shown:
            display(Javascript(_NO_FETCH))
            display_quiz([_for_jupyterquiz(each) for each in asked], colors=_COLOURS, max_width=720)
            display(Javascript(_HIDE))
    finally:
        random.setstate(state)
    for each in shown.outputs:  # where no script runs, a script's name is nothing to read
        scripts = {kind: data for kind, data in each.data.items() if kind != "text/plain"}
        display(scripts, metadata=each.metadata, raw=True)
    achieve("quiz", name)


def on_paper(asked: list[dict[str, Any]]) -> str:
    """Write a quiz as a list, its answers folded away.

    Parameters
    ----------
    asked : list of dict
        See `questions`.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> answers = [{"text": "4", "right": True, "says": "Yes."}, {"text": "5", "says": "No."}]
    >>> print(on_paper([{"text": "2 + 2?", "answer": answers}]))
    <ol class="quiz-on-paper">
    <li>2 + 2?<ol type="A"><li>4</li><li>5</li></ol>
    <details><summary>answers</summary>A is right. Yes.<br>B: No.</details></li>
    </ol>
    """
    lines = ['<ol class="quiz-on-paper">']
    for question in asked:
        answers = question["answer"]
        listed = "".join(f"<li>{_marked(each['text'])}</li>" for each in answers)
        said = "<br>".join(
            f"{letter}{' is right.' if each.get('right') else ':'} {_marked(each['says'])}"
            for letter, each in zip("ABCDEFGH", answers, strict=False)
        )
        lines.append(f'<li>{_marked(question["text"])}<ol type="A">{listed}</ol>')
        lines.append(f"<details><summary>answers</summary>{said}</details></li>")
    return "\n".join([*lines, "</ol>"])


def _for_jupyterquiz(question: dict[str, Any]) -> dict[str, Any]:
    right = sum(bool(each.get("right")) for each in question["answer"])
    return {
        "question": _plain(question["text"]),
        "type": "multiple_choice" if right == 1 else "many_choice",
        "answers": [
            {
                "answer": _plain(each["text"]),
                "correct": bool(each.get("right")),
                "feedback": _plain(each["says"]),
            }
            for each in question["answer"]
        ],
    }


def _plain(text: str) -> str:
    """Write a text for a button that has a colour of its own, whatever the page's."""
    style = "background: none; color: inherit; white-space: nowrap"
    return _marked(text).replace("<code>", f'<code style="{style}">')


def _marked(text: str) -> str:
    """Write a text as HTML: code between backticks, nothing that jupyterquiz takes for a link."""
    escaped = html.escape(text).replace("[", "&#91;").replace("$", "&#36;")
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escaped)
