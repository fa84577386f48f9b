"""The table of ``recsys-course report``; the command itself is run with ``grade``."""

import csv
import io

import pytest

from coursegrader.cli.report import show
from coursegrader.intake.records import record
from coursegrader.report.table import to_csv
from coursegrader.run.result import Question, Result


def question(name, points, most, reason="", manual=False):
    return Question(name, points, most, manual, reason)


def test_assignments_have_a_table_each_and_lost_points_a_line_each(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    died, wrong = question("test-fit", 0, 2, "died"), question("test-fit", 0, 2, "rows lie")
    half, full = question("test-one", 0.5, 3, "died"), question("test-one", 3, 3)
    als = Result("als", "ann", (question("test-fit", 2, 2),))
    show([als, Result("knn", "ann", (died, half)), Result("knn", "bob", (wrong, full))])
    out = capsys.readouterr().out
    als, knn = out.split("knn\n")
    assert [line.split() for line in als.splitlines()][-2:] == [["ann", "2", "2/2"], []]
    assert "test-fit, test-one (0.5 of 5): died" in knn
    assert "test-fit (0 of 2): rows lie" in knn
    assert ["ann", "0", "0.5", "0.5/5"] in [line.split() for line in knn.splitlines()]
    assert "manual" not in out


def test_what_students_name_things_is_shown_as_it_is(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    show(
        [Result("knn", "[red]ann", (question("test-fit", 0, 1, "list[int] expected, not [red]"),))]
    )
    out = capsys.readouterr().out
    assert "[red]ann" in out
    assert "list[int] expected, not [red]" in out


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "＝", "＠"])
def test_a_spreadsheet_runs_nothing(sign):
    asked = question("test-fit", 0, 1, f"{sign}HYPERLINK(1)")
    text = to_csv([Result("knn", f"{sign}ann", (asked,))], "questions")
    _, (assignment, student, name, *_, reason) = csv.reader(io.StringIO(text, newline=""))
    assert (assignment, student) == ("knn", f"'{sign}ann")
    assert (name, reason) == ("test-fit", f"'{sign}HYPERLINK(1)")
    text = to_csv([Result("knn", f"{sign}ann", (asked,))])
    _, (student, *_) = csv.reader(io.StringIO(text, newline=""))
    assert student == f"'{sign}ann"


def test_a_row_for_each_student_with_nothing_where_nobody_knows():
    def answers(*points):
        names = ("test-fit", "explain")
        return tuple(
            Question(name, each, 2, each is None, "")
            for name, each in zip(names, points, strict=True)
        )

    table = [
        Result("als", "ann", (Question("test-fit", 1.5, 2, False, "rows"),)),
        Result("als", "bob", handed_in=False),
        Result("knn", "ann", answers(2.0, None)),
        Result("knn", "bob", answers(0.0, 2.0)),
        Result("knn", "cem", answers(None, None), reason="not a notebook"),
    ]
    als = "als: state,als: total,als: of,als: test-fit"
    knn = "knn: state,knn: total,knn: of,knn: test-fit,knn: explain"
    assert to_csv(table).splitlines() == [
        f"student,{als},{knn}",
        "ann,graded,1.5,2,1.5,waits for a person,,4,2.0,",
        "bob,not handed in,,,,graded,2.0,4,0.0,2.0",
        "cem,not handed in,,,,not gradable,,4,,",
    ]
    assert to_csv(table[2:]).splitlines()[:2] == [
        "student,state,total,of,test-fit,explain",
        "ann,waits for a person,,4,2.0,",
    ]


def repaired():
    records = (record("missing-given", "test-fit"), record("recoded", found="utf-16"))
    return Result("knn", "ann", (question("test-fit", 1, 1),), records=records)


def test_what_was_repaired_has_a_line_each(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    show([repaired()])
    assert capsys.readouterr().out.splitlines()[-4:] == [
        "ann",
        "  repaired: test-fit: deleted, and put back",
        "  repaired: the file was utf-16, and was read as that",
        "",
    ]


def test_a_row_for_each_repair():
    assert to_csv([repaired()], "records") == (
        "assignment,student,code,cell,sentence\n"
        'knn,ann,missing-given,test-fit,"deleted, and put back"\n'
        'knn,ann,recoded,,"the file was utf-16, and was read as that"\n'
    )


def test_json_has_the_records_with_their_codes():
    assert repaired().to_dict()["records"][0] == {
        "code": "missing-given",
        "cell": "test-fit",
        "sentence": "deleted, and put back",
    }


def test_the_most_frequent_mistakes_are_counted_by_their_codes(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")

    def lost(*codes):
        return tuple(Question(f"test-{n}", 0, 1, False, "x", code) for n, code in enumerate(codes))

    show(
        [
            Result("knn", "ann", lost("wrong-k", "transposed-matrix")),
            Result("knn", "bob", lost("transposed-matrix", "")),
            Result("knn", "cem", lost("transposed-matrix", "transposed-matrix")),
            Result("knn", "dea", (question("test-0", 1, 1),)),
        ]
    )
    assert "most frequent mistakes: transposed-matrix (3), wrong-k (1)\n" in capsys.readouterr().out
