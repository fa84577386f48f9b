"""Every kind of files that the course reads."""

from recsys_course.data.sources.folders import SOURCES, Folder, Source, present, recognise

__all__ = ["SOURCES", "Folder", "Source", "present", "recognise"]
