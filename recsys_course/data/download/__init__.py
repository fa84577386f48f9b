"""Public data sets: which there are, fetched and verified."""

from recsys_course.data.download.fetching import fetch, matches
from recsys_course.data.download.public import PUBLIC, PublicData, find

__all__ = ["PUBLIC", "PublicData", "fetch", "find", "matches"]
