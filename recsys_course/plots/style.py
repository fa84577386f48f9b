"""What all pictures share: colours for light and dark pages, a fresh Axes, no needless frame."""

import matplotlib.pyplot as plt
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib_inline.backend_inline import set_matplotlib_formats

from recsys_course.plots.alt import describe_pictures

# A picture has no ground of its own: it stands on a notebook's page, white or nearly black. Each
# colour has a contrast of 3 or more with both, and what is written 4 or more. To every kind of
# eyes blue and orange differ.
BLUE, ORANGE, INK = "#2f6db3", "#d4700f", "#7a7a7a"
PALE, PALE_ORANGE = "#7a7a7a33", "#d4700f33"  # fills that let the page through
_GROUNDS = ("axes.facecolor", "legend.facecolor")
_WRITTEN = ("text.color", "axes.labelcolor", "axes.titlecolor", "legend.labelcolor")
_LINES = ("axes.edgecolor", "xtick.color", "ytick.color", "grid.color", "legend.edgecolor")
_STYLE = dict.fromkeys(_GROUNDS, "none") | dict.fromkeys((*_WRITTEN, *_LINES), INK)
plt.rcParams.update(_STYLE)
plt.rcParams["savefig.facecolor"] = "none"
# A notebook saves a figure in the figure's own colour. If that were none, it would ask for a light
# page, and a dark one would get a white slab.
if InteractiveShell.initialized():
    set_matplotlib_formats("png", bbox_inches="tight", facecolor="none")
    describe_pictures(InteractiveShell.instance())
    if "inline" in plt.get_backend():
        # what it shows it draws itself; pyplot may have drawn all of it before, for nobody
        plt.uninstall_repl_displayhook()


def new_axes() -> Axes:
    """Make a figure with one Axes, as wide as a notebook's text."""
    return plt.subplots(figsize=(6, 3.5), layout="constrained")[1]


def tidy(ax: Axes) -> Axes:
    """Take away the frame that shows nothing, and return the Axes."""
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def percents(axis: Axis) -> None:
    """Label an axis of shares in per cents, with no more digits than needed.

    Parameters
    ----------
    axis : Axis
        The x or y axis of a picture.

    Examples
    --------
    >>> ax = new_axes()
    >>> percents(ax.yaxis)
    >>> ax.set_ylim(0, 0.03)
    (0.0, 0.03)
    >>> [ax.yaxis.get_major_formatter()(tick) for tick in ax.get_yticks()][:3]
    ['0%', '0.5%', '1%']
    """
    axis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda share, _: f"{round(100 * share, 6):g}%"))
