"""Run one of nbgrader's converters, and learn what really went wrong."""

import json
import warnings
from collections.abc import Callable
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from jsonschema import validators
from jsonschema.exceptions import best_match
from jsonschema.protocols import Validator
from nbformat.warnings import MissingIDFieldWarning
from nbgrader.converters.base import BaseConverter
from nbgrader.nbgraderformat import common
from sqlalchemy.exc import SAWarning

from coursegrader.course.gradebook import briefly


@lru_cache(8)
def _validator(schema: str) -> Validator:
    kind = validators.validator_for(json.loads(schema))
    kind.check_schema(json.loads(schema))
    return kind(json.loads(schema))


def _validate(instance: object, schema: dict[str, Any]) -> None:
    error = best_match(_validator(json.dumps(schema)).iter_errors(instance))
    if error is not None:
        raise error


# jsonschema's own validate checks the schema, too, and nbgrader has each cell validated twice
common.jsonschema = SimpleNamespace(validate=_validate)


def run(converter: BaseConverter) -> Exception | None:
    """Start a converter; nbgrader's own error only says that an assignment failed.

    Parameters
    ----------
    converter : nbgrader.converters.base.BaseConverter
        Ready to start.

    Returns
    -------
    Exception or None
        The first error in a notebook, else the one that nbgrader ended with; None if all is well.
    """
    causes: list[Exception] = []

    def watched(step: Callable[..., None]) -> Callable[..., None]:
        def stepped(*args: str) -> None:
            try:
                step(*args)
            except Exception as error:
                causes.append(error)
                raise

        return stepped

    for name in ("init_assignment", "convert_single_notebook"):
        setattr(converter, name, watched(getattr(converter, name)))
    try:
        with warnings.catch_warnings(), briefly():
            warnings.simplefilter("ignore", SAWarning)  # nbgrader's own use of the database
            warnings.simplefilter("ignore", MissingIDFieldWarning)  # ids come from the grade_ids
            converter.start()
    except Exception as error:
        return causes[0] if causes else error
    return None
