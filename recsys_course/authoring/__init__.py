"""What makes the course: its own notebooks executed, on its own data and on others'; the demo."""
