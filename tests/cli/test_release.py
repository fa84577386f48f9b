"""The command ``recsys-course release``."""

from coursegrader.course.notebook import read, to_text
from coursegrader.files import write

STALE = "homework/en is not what solutions/en generates; run recsys-course release"


def change(course, number, **cell):
    notebook = read(course.source("sums"))
    notebook.cells[number].update(cell)
    write(course.source("sums"), to_text(notebook))


def test_release_then_again_then_check(toy, run):
    assert run("release") == (
        0,
        "homework/en/sums/numbers.csv: written\nhomework/en/sums/sums.ipynb: written\n",
        "",
    )
    assert run("release", "sums") == (0, "sums: up to date\n", "")
    assert run("release", "--check") == (0, "sums: up to date\n", "")


def test_check_names_the_stale_file_and_cell_and_the_mend(toy, run):
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


def test_house_style_is_a_warning_and_no_obstacle(toy, run):
    change(toy, 3, source="assert add(2, 3) == 5")
    code, out, err = run("release")
    assert (code, out.count("written")) == (0, 2)
    assert err.startswith("warning: solutions/en/sums/sums.ipynb, cell test-add: it doesn't say")
    assert err.count("\n") == 1


def test_the_edition_is_an_option(toy, run):
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
