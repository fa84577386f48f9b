"""The embedded synthetic cinema: no download, any size, the same data on every computer."""

from recsys_course.data.synthetic.cinema import Cinema, make
from recsys_course.data.synthetic.sizes import FULL, SIZES, SMALL, Size
from recsys_course.data.synthetic.writing import write

__all__ = ["FULL", "SIZES", "SMALL", "Cinema", "Size", "make", "write"]
