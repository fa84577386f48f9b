"""What all pictures share: colours, a fresh Axes, no needless frame."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

BLUE, ORANGE, PALE = "#2f6db3", "#e07b1a", "#e9edf2"


def new_axes() -> Axes:
    """Make a figure with one Axes, as wide as a notebook's text."""
    return plt.subplots(figsize=(6, 3.5), layout="constrained")[1]


def tidy(ax: Axes) -> Axes:
    """Take away the frame that shows nothing, and return the Axes."""
    ax.spines[["top", "right"]].set_visible(False)
    return ax
