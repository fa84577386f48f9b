"""A release that tests begin with, made once: nbgrader takes a fifth of a second for the smallest.

Whatever a course holds, and however it is set, a worker has it released by the package itself
once; where the same is asked for again, the files that this has changed are put there.
"""

import functools

from coursegrader.course import release as package
from coursegrader.files import write

_MADE = {}


@functools.wraps(package.release)
def release(course, assignment):
    before = _files(course.root)
    settings = repr(course.config).replace(str(course.root), "")
    asked = (assignment, settings, frozenset(before.items()))
    if asked not in _MADE:
        package.release(course, assignment)
        after = _files(course.root)
        _MADE[asked] = {name: after[name] for name in after if after[name] != before.get(name)}
        assert before.keys() <= after.keys()
    else:
        for name, content in _MADE[asked].items():
            write(course.root / name, content)


def _files(root):
    paths = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
