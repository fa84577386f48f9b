"""What a search returns."""

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Items = NDArray[np.int32]  # ids as implicit's own evaluation takes them
Scores = NDArray[np.float64]
