"""The command ``recsys-course bundle``: the course as students get it."""

from pathlib import Path

import click

from coursegrader.cli.options import PATH, course_dir
from coursegrader.course.root import find
from coursegrader.environment import variables
from recsys_course.authoring.bundle import contents, to_folder, to_zip
from recsys_course.edition import LANGUAGES, VARIABLE, checkout, language


@click.command()
@click.argument("to", metavar="DIR|FILE.zip", type=PATH)
@click.option(
    "--lang", help=f"The edition, {' or '.join(LANGUAGES)} [default: {VARIABLE} or {LANGUAGES[0]}]."
)
@course_dir
def bundle(to: Path, lang: str | None, course_dir: Path | None) -> None:
    """Write what students get: packages, lessons, homework; no solution and no hidden test.

    They unpack it and start python3 course.py lab. The homework is that of --course-dir.
    """
    edition = language(lang)
    with variables(**{VARIABLE: edition}):  # nbgrader_config.py reads it
        files = contents(checkout(), find(course_dir), edition)
    if to.suffix.lower() == ".zip":
        to_zip(files, to)
    else:
        to_folder(files, to)
    click.echo(f"{to}: {len(files)} files, {sum(map(len, files.values())) / 1e6:.1f} MB unpacked")
