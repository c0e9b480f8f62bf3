# SPDX-License-Identifier: Apache-2.0
"""A module that costs something to import."""

import numpy as np
from serpentry import Module

numeric = Module("numeric")


@numeric.call
def total(count: int) -> float:
    return float(np.arange(count).sum())
