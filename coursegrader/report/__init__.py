"""Points, and why they were lost, for people."""
