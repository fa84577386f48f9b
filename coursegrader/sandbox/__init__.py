"""How little a student's process may do: what it reads, where it writes, whom it reaches."""
