# SPDX-License-Identifier: Apache-2.0
"""What ``./run --dspy`` asks of the server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "examples" / "dspy" / "show.py"


def configured(environment: dict[str, str]) -> dict[str, Any]:
    """The arguments of ``configure_lm`` in what it shows."""
    command = [sys.executable, str(SCRIPT), "http://localhost/api", "openai/small", "http://localhost:1/v1"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    (line,) = [line for line in done.stdout.splitlines() if "configure_lm" in line]
    arguments: dict[str, Any] = json.loads(line[line.index("'{") + 1 : line.rindex("}'") + 1])["arguments"]
    return arguments


@pytest.mark.parametrize(
    ("environment", "key"),
    [({}, {}), ({"OPENAI_API_KEY": ""}, {}), ({"OPENAI_API_KEY": "k"}, {"api_key_env": "OPENAI_API_KEY"})],
)
def test_a_model_that_needs_no_key_must_be_configured_without(
    environment: dict[str, str], key: dict[str, str]
) -> None:
    assert configured(environment) == {"model": "openai/small", "base_url": "http://localhost:1/v1", **key}
