"""A course: its folders and notebooks, from what an instructor writes to what students get."""
