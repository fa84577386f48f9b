"""The commands ``recsys-course data ...``: which data there is, make it, fetch it, describe it."""

import json
import warnings
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from coursegrader.cli.options import PATH
from coursegrader.errors import Interrupted
from recsys_course.errors import CourseError

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program.")


@click.group()
def data() -> None:
    """List, make, fetch and describe data sets.

    Everything in the course loads from DATA_DIR; without it, from the embedded synthetic cinema.
    """


@data.command("list")
@_as_json
def list_(as_json: bool) -> None:
    """List files that are recognised in a folder, and data sets that can be fetched."""
    from recsys_course.data.download import PUBLIC
    from recsys_course.data.sources import SOURCES

    sources = [
        {"name": source.name, "views": source.views, "catalogue": source.catalogue}
        for source in SOURCES
    ]
    public = [
        {
            "name": item.name,
            "views": next(iter(item.rows.values())),
            "megabytes": item.megabytes,
            "terms": item.terms,
        }
        for item in PUBLIC.values()
    ]
    if as_json:
        click.echo(json.dumps({"recognised": sources, "public": public}, indent=2))
        return
    recognised = Table("source", title="Recognised in DATA_DIR by its files")
    recognised.add_column("views", no_wrap=True)
    recognised.add_column("catalogue", no_wrap=True)
    for source in SOURCES:
        recognised.add_row(source.name, "\n".join(source.views), "\n".join(source.catalogue))
    fetched = Table("name", title="recsys-course data fetch NAME [DIR]")
    fetched.add_column("views", justify="right")
    fetched.add_column("MB to fetch", justify="right")
    fetched.add_column("terms")
    for item in public:
        views, terms = f"{item['views']:,}", str(item["terms"])
        fetched.add_row(str(item["name"]), views, str(item["megabytes"]), terms)
    console = Console()
    console.print(recognised, fetched)
    console.print("No DATA_DIR: the embedded synthetic cinema, nothing is downloaded.")


@data.command()
@click.argument("folder", metavar="[DIR]", required=False, type=PATH)
@_as_json
def info(folder: Path | None, as_json: bool) -> None:
    """Describe the data in DIR, or what DATA_DIR gives."""
    from recsys_course.data import describe, load_catalogue, load_views, source_name

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", UserWarning)
        summary: dict[str, Any] = {
            "source": source_name(folder),
            **describe(load_views(folder), load_catalogue(folder)),
        }
    for warning in {str(warning.message) for warning in told}:
        click.echo(f"recsys-course: {warning}", err=True)
    if as_json:
        click.echo(json.dumps(summary, indent=2))
        return
    unknown = "none"
    if summary["unknown_views"]:
        unknown = f"{summary['unknown_views']:,} views of {summary['unknown_items']:,} items"
    table = Table(show_header=False, title=summary["source"])
    table.add_row("views", f"{summary['rows']:,}")
    table.add_row("users", f"{summary['users']:,}")
    table.add_row("items viewed", f"{summary['items']:,}")
    table.add_row("distinct user-item pairs", f"{summary['pairs']:,}")
    table.add_row("items in the catalogue", f"{summary['catalogue']:,}")
    table.add_row("first view", summary["first"] or "unknown")
    table.add_row("last view", summary["last"] or "unknown")
    table.add_row("columns without a value", ", ".join(summary["missing"]) or "none")
    table.add_row("not in the catalogue (kept)", unknown)
    Console().print(table)


class _SizeType(click.ParamType):
    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from recsys_course.data.synthetic import FULL, SIZES

        if value in SIZES:
            return SIZES[value]
        try:
            return FULL.scaled(float(value))
        except (ValueError, CourseError) as error:
            self.fail(
                f"{value!r} is no size; give small, full or a share of full, such as 0.1 ({error})"
            )


@data.command()
@click.argument("folder", metavar="DIR", type=PATH)
@click.option(
    "--size",
    type=_SizeType(),
    default="small",
    show_default=True,
    metavar="small|full|SHARE",
    help="How big: a share such as 0.1 is that of full.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
@_as_json
def make(folder: Path, size: Any, seed: int, force: bool, as_json: bool) -> None:
    """Make a synthetic cinema and write it to DIR as the two files of the original course."""
    from recsys_course.data import describe, synthetic
    from recsys_course.data.synthetic.writing import CATALOGUE_FILE, VIEWS_FILE

    for name in (VIEWS_FILE, CATALOGUE_FILE):
        if (folder / name).exists() and not force:
            raise CourseError(f"{folder / name}: is there already; --force overwrites it")
    cinema = synthetic.make(size, seed)
    try:
        synthetic.write(cinema, folder)
    except OSError as error:
        raise CourseError(f"{folder}: {error.strerror or error}; nothing was written") from None
    summary = describe(cinema.views, cinema.catalogue)
    totals = {name: summary[name] for name in ("rows", "users", "items", "pairs", "catalogue")}
    if as_json:
        click.echo(json.dumps(totals))
    else:
        written = ", ".join(f"{total:,} {name}" for name, total in totals.items())
        click.echo(f"{folder}: {written}; DATA_DIR={folder}")


@data.command()
@click.argument("name")
@click.argument("folder", metavar="[DIR]", required=False, type=PATH)
def fetch(name: str, folder: Path | None) -> None:
    """Download the public data set NAME into DIR (default: a folder of that name).

    A download that was cut goes on where it was. Set RECSYS_COURSE_MIRROR to the address of a
    folder with copies of the archives to have it tried first.
    """
    from recsys_course.data.download import fetch as download
    from recsys_course.data.download import find

    item = find(name)
    click.echo(f"{item.name}: {item.megabytes} MB; terms: {item.terms}", err=True)
    try:
        target = download(name, folder or Path(name))
    except KeyboardInterrupt:
        raise Interrupted("interrupted; what has come is kept, the same command goes on") from None
    click.echo(f"{target}: complete; DATA_DIR={target}")
