"""Grade any nbgrader course; it knows nothing of the course whose homework it grades."""
