# SPDX-License-Identifier: Apache-2.0
"""The language model that programs use: its description is stored, its client made in each worker."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import threading
from collections import OrderedDict
from typing import Any
from urllib.parse import urlsplit

import dspy

from serpentry._session import Session
from serpentry.dspy import _secrets
from serpentry.dspy._errors import illegal, invalid

ENTRY = "dspy.lm"

_OPTIONS: dict[str, tuple[type, ...]] = {
    "frequency_penalty": (int, float),
    "max_completion_tokens": (int,),
    "max_tokens": (int,),
    "model_type": (str,),
    "n": (int,),
    "num_retries": (int,),
    "presence_penalty": (int, float),
    "reasoning_effort": (str,),
    "seed": (int,),
    "stop": (str, list),
    "temperature": (int, float),
    "timeout": (int, float),
    "top_p": (int, float),
}
"""What may be stored beside the model. Anything that could hold a secret is not among it."""

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
_MOST_CLIENTS = 32

_lock = threading.Lock()
_clients: OrderedDict[str, dspy.LM] = OrderedDict()


@dataclasses.dataclass(frozen=True)
class Model:
    """A language model as it is stored: without its key, which stays in the environment of the workers."""

    model: str
    base_url: str | None
    api_key_env: str | None
    options: dict[str, Any]

    def stored(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    def client(self) -> dspy.LM:
        """The client of this process. ``CallRefused`` if its key is missing here."""
        key = None
        if self.api_key_env is not None:
            key = _secrets.value_of(self.api_key_env)
            if not key:
                raise illegal(
                    f"the environment variable {self.api_key_env} with the key of {self.model} is not set in the "
                    "pool's workers; set it in the server's environment, or by the pool's property 'environment'",
                    variable=self.api_key_env,
                )
        name = hashlib.sha256(json.dumps([self.stored(), key], sort_keys=True).encode()).hexdigest()
        with _lock:
            client = _clients.pop(name, None)
            if client is None:
                client = self._new_client(key)
            _clients[name] = client
            if len(_clients) > _MOST_CLIENTS:
                _clients.popitem(last=False)
        return client

    def _new_client(self, key: str | None) -> dspy.LM:
        connection = {"base_url": self.base_url, "api_key": key}
        given = {name: value for name, value in connection.items() if value is not None}
        return dspy.LM(self.model, cache=False, **given, **self.options)


def checked(model: str, base_url: str | None, api_key_env: str | None, options: dict[str, Any]) -> Model:
    """A model that can be stored. Raises ``InvalidArgument`` without repeating what might be a secret."""
    if not model or model != model.strip() or len(model) > 200:
        raise invalid("model", "must be a name of 1 to 200 characters, such as openai/gpt-4o-mini")
    if base_url is not None:
        _check_url(base_url)
    if api_key_env is not None and not _VARIABLE.fullmatch(api_key_env):
        raise invalid("api_key_env", "must be the name of an environment variable, not the key itself")
    for name, value in options.items():
        known = _OPTIONS.get(name)
        if known is None:
            raise invalid(f"options.{name}", f"is not an option; there are {', '.join(_OPTIONS)}")
        if not isinstance(value, known) or isinstance(value, bool):
            expected = " or ".join(kind.__name__ for kind in known)
            raise invalid(f"options.{name}", f"expected {expected}, got {type(value).__name__}")
    described = Model(model, base_url, api_key_env, options)
    try:
        described._new_client("checked without one")
    except Exception as error:
        raise invalid("model", _secrets.without(str(error))) from None
    return described


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise invalid("base_url", "must be an http or https URL, such as http://localhost:8000/v1")
    if parts.username or parts.password or parts.query:
        raise invalid("base_url", "must not hold a user, a password or a query; give the key by api_key_env")


def model_of(session: Session | None, shared: Session) -> Model:
    """The session's own model, otherwise the pool's. ``CallRefused`` if neither is configured."""
    for place in (session, shared):
        if place is not None and ENTRY in place:
            return Model(**place[ENTRY])
    raise illegal("no language model is configured; call dspy.configure_lm")
