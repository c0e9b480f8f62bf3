# SPDX-License-Identifier: Apache-2.0
"""DSPy programs that live in sessions: any worker runs them, none keeps them.

Import this in a module of the pool (or name it among the pool's modules), and the functions ``dspy.ping``,
``dspy.configure_lm``, ``dspy.create_program`` and so on can be called like any other. DSPy itself is needed:
``pip install "serpentry[dspy]"``.

>>> import dspy
>>> from serpentry import dspy as programs
>>> @programs.allow
... class Answer(dspy.Module):
...     def __init__(self, signature):
...         super().__init__()
...         self.step = dspy.ChainOfThought(signature)
...     def forward(self, **inputs):
...         return self.step(**inputs)

can then be created as a program of the type ``claims:Answer``, if that is in the module ``claims``.

DSPy's caches are off: an answer that one call got must not depend on what another asked in the same worker.
"""

import os

# Read when LiteLLM is imported, which DSPy does for models that it can not reach by itself.
os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
# Read when tqdm is imported: progress bars in the logs help nobody.
os.environ.setdefault("TQDM_DISABLE", "1")

try:
    import dspy as _dspy
except ModuleNotFoundError as error:
    if error.name != "dspy":
        raise
    raise ImportError('serpentry.dspy needs DSPy: pip install "serpentry[dspy]"', name="dspy") from error

from tqdm import tqdm as _tqdm

from serpentry.dspy import _commands as _commands
from serpentry.dspy import _compile as _compile
from serpentry.dspy import _secrets
from serpentry.dspy._errors import LanguageModelError, ProgramFailed, UnusableAnswer
from serpentry.dspy._metrics import metric
from serpentry.dspy._programs import allow

_tqdm.monitor_interval = 0  # otherwise the first bar starts a thread, even one that is not shown
_dspy.configure_cache(enable_disk_cache=False, enable_memory_cache=False)
_secrets.mask_everywhere()

for _public in (LanguageModelError, ProgramFailed, UnusableAnswer):
    _public.__module__ = "serpentry.dspy"

__all__ = ["LanguageModelError", "ProgramFailed", "UnusableAnswer", "allow", "metric"]
