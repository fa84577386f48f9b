"""The command ``recsys-course demo``; tests/grading/test_bank.py runs it to its end."""

from pathlib import Path

from coursegrader.files import write

ROOT = Path(__file__).resolve().parents[2]


def test_outside_a_course_it_is_one_line(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = run("demo")
    assert (code, out) == (1, "")
    assert "not a course, it has no nbgrader_config.py" in err
    assert err.count("\n") == 1


def test_a_course_without_the_homework_is_one_line(toy, run):
    code, out, err = run("demo")
    assert (code, out) == (1, "")
    assert err == (
        f"recsys-course: {toy.root}: has no solutions/en/knn/, and the demo needs it; run it "
        "in a checkout of the course: what students get, the image too, has no solutions\n"
    )


def test_a_course_without_the_bank_is_one_line(toy_builder, run, tmp_path, monkeypatch):
    monkeypatch.chdir(toy_builder(tmp_path / "course", "knn").root)
    code, out, err = run("demo")
    assert (code, out) == (1, "")
    assert "has no bank/knn/, and the demo needs it; run it in a checkout" in err


def test_a_bank_without_the_variant_is_one_line(toy_builder, run, tmp_path, monkeypatch):
    course = toy_builder(tmp_path / "course", "knn")
    course.bank("knn").mkdir(parents=True)
    monkeypatch.chdir(course.root)
    code, out, err = run("demo")
    assert (code, out) == (1, "")
    assert err.endswith("another_way.toml: no such variant\n")


def test_the_bank_lies_where_the_configuration_says(toy):
    assert toy.bank("knn") == toy.root / "bank" / "knn"
    toy.options.bank = "made up"
    assert toy.bank("knn") == toy.root / "made up" / "knn"


def test_a_folder_in_use_is_left_alone(run, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    write(tmp_path / "mine" / "note.txt", "mine")
    code, out, err = run("demo", "--keep", tmp_path / "mine")
    assert (code, out) == (1, "")
    assert err == f"recsys-course: {tmp_path / 'mine'}: in use; name a new or empty folder\n"
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["note.txt"]
