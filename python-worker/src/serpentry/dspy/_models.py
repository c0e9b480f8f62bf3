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

from serpentry._errors import InvalidArgument
from serpentry._session import Session
from serpentry.dspy import _secrets
from serpentry.dspy._client import Client
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
_OF_THE_CLIENT = frozenset({"model_type", "num_retries", "timeout"})
OF_ONE_REQUEST = frozenset(_OPTIONS) - _OF_THE_CLIENT
"""Options of what is asked, which a program may have for itself."""
_LEAST: dict[str, float] = {
    "max_completion_tokens": 1,
    "max_tokens": 1,
    "n": 1,
    "num_retries": 0,
    "timeout": 0.001,
}
_TIMEOUT = 60
"""Seconds of a request, if the options have none: DSPy's own is beyond what a call has."""
_MODEL_TYPES = ("chat", "responses", "text")
_LONGEST_WORD = 20

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
_NO_KEY = "none"
_MOST_CLIENTS = 32

_lock = threading.Lock()
_clients: OrderedDict[str, Client] = OrderedDict()


@dataclasses.dataclass(frozen=True)
class Model:
    """A language model as it is stored: without its key, which stays in the environment of the workers."""

    model: str
    base_url: str | None
    api_key_env: str | None
    options: dict[str, Any]

    def stored(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    def with_options(self, options: dict[str, Any]) -> Model:
        """The same with other options, those that are given. Raises ``InvalidArgument``."""
        if not options:
            return self
        return checked(self.model, self.base_url, self.api_key_env, {**self.options, **options})

    def client(self) -> Client:
        """The client of this process. ``CallRefused`` if its key is missing here."""
        _secrets.learn_environment()
        key = None
        if self.api_key_env is not None:
            key = _secrets.value_of(self.api_key_env)
            if not key:
                raise illegal(
                    f"the environment variable that api_key_env names for {self.model} is not set in the "
                    "pool's workers; set it in the server's environment, or by the pool's 'environment'",
                    argument="api_key_env",
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

    def _new_client(self, key: str | None) -> Client:
        if key is None and self.base_url is not None:
            # DSPy would send the key of the model's usual provider there, or refuse to go without one.
            key = _NO_KEY
        connection = {"base_url": self.base_url, "api_key": key}
        given = {name: value for name, value in connection.items() if value is not None}
        return Client(self.model, cache=False, **given, **{"timeout": _TIMEOUT, **self.options})


def checked(model: str, base_url: str | None, api_key_env: str | None, options: dict[str, Any]) -> Model:
    """A model that can be stored. Raises ``InvalidArgument`` without repeating what might be a secret."""
    _secrets.learn_environment()
    described = _fitting(model, base_url, api_key_env, options)
    try:
        described._new_client("checked without one")
    except Exception as error:
        raise invalid("model", f"DSPy can not use it: {error}") from None
    return described


def _fitting(model: str, base_url: str | None, api_key_env: str | None, options: dict[str, Any]) -> Model:
    if not model or model != model.strip() or len(model) > 200:
        raise invalid("model", "must be a name of 1 to 200 characters, such as openai/gpt-4o-mini")
    if base_url is not None:
        _check_url(base_url)
    if api_key_env is not None:
        _check_variable(api_key_env)
        _secrets.value_of(api_key_env)
    if any(_secrets.without(text) != text for text in (model, base_url or "")):
        raise invalid("model", "the model or its base_url holds a key; name its variable by api_key_env")
    check_options("options", options)
    return Model(model, base_url, api_key_env, options)


def check_options(
    argument: str, options: dict[str, Any], allowed: frozenset[str] = frozenset(_OPTIONS)
) -> None:
    """Raises ``InvalidArgument`` that names the one of ``argument`` that is unknown or does not fit."""
    for name, value in options.items():
        if name not in allowed:
            raise invalid(f"{argument}.{name}", f"is not an option; there are {', '.join(sorted(allowed))}")
        wrong = _unfit(name, value)
        if wrong is not None:
            raise invalid(f"{argument}.{name}", wrong)


def _unfit(name: str, value: Any) -> str | None:
    """What is wrong with an option's value; None if nothing is."""
    known: tuple[Any, ...] = _OPTIONS[name]
    if not isinstance(value, known) or isinstance(value, bool):
        return f"expected {' or '.join(kind.__name__ for kind in known)}, got {type(value).__name__}"
    if name in _LEAST and value < _LEAST[name]:
        return f"must be at least {_LEAST[name]}"
    if name == "model_type" and value not in _MODEL_TYPES:
        return f"must be one of {', '.join(_MODEL_TYPES)}"
    if name == "reasoning_effort" and len(value) > _LONGEST_WORD:
        return "must be a word, such as 'low'"
    if name == "stop" and not all(isinstance(part, str) for part in value):
        return "must be texts"
    return None


def _check_variable(name: str) -> None:
    """Whoever names a variable and a URL has its value sent there, so it can not be any variable."""
    if not _VARIABLE.fullmatch(name):
        raise invalid("api_key_env", "must be the name of an environment variable, not the key itself")
    if not name.endswith("_API_KEY") and name not in _secrets.listed():
        raise invalid("api_key_env", f"must end with _API_KEY, or be listed in {_secrets.LISTED}")


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise invalid("base_url", "must be an http or https URL, such as http://localhost:8000/v1")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise invalid("base_url", "must not hold a user, a password or a query; give the key by api_key_env")


def model_of(session: Session | None, shared: Session) -> Model:
    """The session's own model, otherwise the pool's. ``CallRefused`` if neither is configured."""
    for place in (session, shared):
        if place is not None and ENTRY in place:
            return _restored(place[ENTRY])
    raise illegal("no language model is configured; call dspy.configure_lm")


def _restored(stored: Any) -> Model:
    """Checked again: whoever may write in a session could have any variable sent anywhere."""
    try:
        return _fitting(**stored)
    except (InvalidArgument, TypeError, AttributeError) as error:
        raise illegal(f"the entry {ENTRY} can not be used: {error}; call dspy.configure_lm") from None
