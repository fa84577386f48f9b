"""The processes that students' cells run in."""
