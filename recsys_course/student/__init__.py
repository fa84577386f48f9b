"""What a student has of the course: copies of their own, and what they have done in them."""
