"""What may cross between a process that nobody trusts and one that must not be fooled: data.

Nothing crosses yet: tests still run in the kernel of the code that they test.
"""
