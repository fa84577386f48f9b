"""Searches for the best of many: of a sparse product, by cosine, by factors; ties by the index."""
