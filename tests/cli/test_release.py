"""The command ``recsys-course release``."""

from coursegrader.course.notebook import read, to_text
from coursegrader.files import write

RELEASED = """\
homework/en/sums/numbers.csv: written
homework/en/sums/sums.ipynb: written
sums: tests recorded in the gradebook: test-add, test-twice
"""
STALE = "homework/en is not what solutions/en generates; run recsys-course release"


def change(course, number, **cell):
    notebook = read(course.source("sums"))
    notebook.cells[number].update(cell)
    write(course.source("sums"), to_text(notebook))


def test_release_then_again_then_check(toy, run, quick):
    quick(toy.root)
    assert run("release") == (
        0,
        RELEASED,
        "",
    )
    assert run("release", "sums") == (0, "sums: up to date\n", "")
    assert run("release", "--check") == (0, "sums: up to date\n", "")


def test_check_names_the_stale_file_and_cell_and_the_mend(toy, run, quick):
    quick(toy.root)
    run("release")
    change(toy, 2, source="add(2, 2)")
    assert run("release", "--check") == (
        1,
        "homework/en/sums/sums.ipynb: differs first in cell try-add: source\n",
        f"recsys-course: {STALE}\n",
    )
    assert run("release")[0] == 0
    assert run("release", "--check")[0] == 0


def test_check_of_what_was_never_released(toy, run):
    code, out, _ = run("release", "--check")
    assert code == 1
    assert "homework/en/sums/sums.ipynb: is missing" in out
    assert not (toy.root / "homework").exists()


def test_a_source_with_a_trap_is_not_released(toy, run):
    change(toy, 3, source="add(2, 3) == 5")
    code, out, err = run("release")
    assert (code, out) == (1, "")
    first, second, last = err.splitlines()
    assert first == (
        "warning: solutions/en/sums/sums.ipynb, cell test-add: it doesn't say what it checks; "
        "begin it with a comment that does: # ... [test-says-nothing]"
    )
    assert second.startswith("solutions/en/sums/sums.ipynb, cell test-add: it ends in a bare")
    assert last == "recsys-course: nothing was released; first mend what is named above"
    assert not (toy.root / "homework").exists()


def test_house_style_is_a_warning_and_no_obstacle(toy, run, quick):
    quick(toy.root)
    change(toy, 3, source="assert add(2, 3) == 5")
    code, out, err = run("release")
    assert (code, out.count("written")) == (0, 2)
    assert err.startswith("warning: solutions/en/sums/sums.ipynb, cell test-add: it doesn't say")
    assert err.count("\n") == 1


def test_the_edition_is_an_option(toy, run, quick):
    quick(toy.root)
    (toy.root / "solutions" / "en").rename(toy.root / "solutions" / "ru")
    assert run("release", "--lang", "ru")[0] == 0
    assert (toy.root / "homework" / "ru" / "sums" / "sums.ipynb").is_file()
    code, _, err = run("release", "--lang", "en")
    assert code == 1
    assert "solutions/en: no assignments here" in err


def test_an_assignment_that_is_not_there(toy, run):
    assert run("release", "sum") == (
        1,
        "",
        "recsys-course: no assignment 'sum'; did you mean sums? known: sums\n",
    )


def test_outside_a_course(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    code, _, err = run("release")
    assert code == 1
    assert "not a course, it has no nbgrader_config.py" in err
    assert err.count("\n") == 1


def test_an_unreadable_source(toy, run):
    write(toy.source("sums"), "{")
    code, _, err = run("release")
    assert code == 1
    assert "not JSON" in err
    assert err.count("\n") == 1


def test_what_grading_would_do_with_it_is_tried_first(toy, run):
    change(
        toy,
        1,
        source="def add(a, b):\n    ### BEGIN SOLUTION\n    return a - b\n    ### END SOLUTION",
    )
    change(toy, 5, source="# Twice.\nassert callable(twice)")
    code, out, err = run("release")
    assert (code, out) == (1, "")
    first, second, last = err.splitlines()
    assert first == (
        "solutions/en/sums/sums.ipynb, cell test-add: the reference solution gets 0 of 2 points: "
        "two and three make five: did you multiply? [reference-fails]"
    )
    assert second == (
        "solutions/en/sums/sums.ipynb, cell test-twice: the untouched release gets 1 of 1 points; "
        "let the test ask for something that isn't there yet [stub-earns]"
    )
    assert last == "recsys-course: nothing was released; first mend what is named above"
    assert not (toy.root / "homework").exists()


def test_a_reference_that_can_not_be_run(toy, run):
    change(toy, 2, source="import os\nos._exit(1)")
    code, _, err = run("release")
    assert code == 1
    first, *_ = err.splitlines()
    assert first == (
        "solutions/en/sums/sums.ipynb, cell number 3: the reference solution can't be run: the "
        "kernel died here: a crash, too little memory or an exit [reference-fails]"
    )


def test_a_cell_that_stops_is_a_warning(toy, run):
    change(toy, 2, source="add(1)")
    code, out, err = run("release")
    assert (code, out.count("written")) == (0, 2)
    assert err.startswith(
        "warning: solutions/en/sums/sums.ipynb, cell number 3: it stops with TypeErr"
    )
    change(toy, 2, metadata={"tags": ["raises-exception"]})
    assert run("release")[2] == ""


def test_new_tests_are_named_and_an_edit_without_release(toy, run, quick):
    quick(toy.root)
    run("release")
    handed = toy.root / "submitted" / "ann" / "sums" / "sums.ipynb"
    write(handed, toy.release("sums").read_bytes())
    assert "edited" not in run("grade")[2]
    change(toy, 3, source="# Two and four.\nassert add(2, 4) == 6")
    change(toy, 0, source="# More sums")
    assert (
        "sums: edited since its release, which is what is graded: cell test-add, "
        "homework/en/sums/sums.ipynb; run release to take it over\n"
    ) in run("grade")[2]
    _, out, _ = run("release")
    assert out == (
        "homework/en/sums/sums.ipynb: written\nsums: tests recorded in the gradebook: test-add\n"
    )
    assert "edited" not in run("grade")[2]


def test_a_source_that_is_being_worked_on_does_not_stop_grading(toy, run, quick):
    quick(toy.root)
    run("release")
    handed = toy.root / "submitted" / "ann" / "sums" / "sums.ipynb"
    write(handed, toy.release("sums").read_bytes())
    change(toy, 3, source="### BEGIN HIDDEN TESTS\nassert add(1, 1) == 2")
    code, out, err = run("grade")
    assert (code, "0 of 5" in out) == (0, True)
    assert "sums: edited since its release, which is what is graded: " in err
    write(toy.source("sums"), "{")
    code, _, err = run("grade", "--force")
    assert code == 0
    assert "sums.ipynb, line 1, column 2: not a notebook, for it is not JSON" in err


def test_a_release_of_another_folder(toy, run, monkeypatch, quick):
    quick(toy.root)
    monkeypatch.chdir("/")
    assert run("release", "--course-dir", str(toy.root))[0] == 0
    assert toy.release("sums").is_file()
