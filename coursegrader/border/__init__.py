"""What may cross between a process that nobody trusts and one that must not be fooled: data."""
