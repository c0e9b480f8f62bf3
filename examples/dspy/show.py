# SPDX-License-Identifier: Apache-2.0
"""Creates a program over REST and executes it: ``show.py API MODEL [BASE_URL]``.

ADMIN_PASSWORD is in the environment; without it, what to do is printed instead. So is OPENAI_API_KEY, if the
model needs a key.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import urllib.error
import urllib.request
from typing import Any


def main(api: str, model: str, base_url: str) -> int:
    configured: dict[str, Any] = {"model": model}
    if os.environ.get("OPENAI_API_KEY"):
        configured["api_key_env"] = "OPENAI_API_KEY"
    if base_url:
        configured["base_url"] = base_url
    program = {"id": "qa", "signature": "question -> answer", "program_type": "chain_of_thought"}
    question: dict[str, Any] = {"program_id": "qa", "inputs": {"question": "What is a resource adapter?"}}
    if not os.environ.get("ADMIN_PASSWORD"):
        print("DSPy is there; to try it, with the password of admin:")
        calls = [("configure_lm", configured), ("create_program", {**program, "scope": "global"})]
        for command, arguments in [*calls, ("execute_program", question)]:
            body = json.dumps({"function": f"dspy.{command}", "arguments": arguments})
            print(f"  curl -u admin -H 'Content-Type: application/json' -d '{body}' {api}/call")
        return 0
    session = _post(f"{api}/sessions", {})["id"]
    _call(api, "configure_lm", configured)
    _call(api, "create_program", program, session)
    answer = _call(api, "execute_program", question, session)["result"]
    print(f"DSPy on {model}, a chain of thought in the session {session}:")
    print(f"  {question['inputs']['question']} {answer['outputs']['answer']!r} ({answer['usage']})")
    return 0


def _call(api: str, command: str, arguments: dict[str, Any], session: str | None = None) -> Any:
    body = {"function": f"dspy.{command}", "arguments": arguments}
    return _post(f"{api}/call", body if session is None else {**body, "session": session})


def _post(url: str, body: Any) -> Any:
    credentials = base64.b64encode(f"admin:{os.environ['ADMIN_PASSWORD']}".encode()).decode()
    headers = {"Content-Type": "application/json", "Authorization": f"Basic {credentials}"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else ""))
    except urllib.error.HTTPError as error:
        sys.exit(f"{error}: {error.read().decode(errors='replace')}")
