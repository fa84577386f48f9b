"""What numbers, matrices and frames must be like, or one line that says what is wrong."""
