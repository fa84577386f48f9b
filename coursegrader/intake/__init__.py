"""What a student handed in, brought to one form, or the reason why it can't be."""
