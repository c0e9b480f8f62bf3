# SPDX-License-Identifier: Apache-2.0
"""What can go wrong with programs, as the Java caller sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dspy

from serpentry._errors import ILLEGAL_STATE, ApplicationError, CallRefused, InvalidArgument
from serpentry.dspy import _secrets

NOT_FOUND = "NOT_FOUND"


class LanguageModelError(ApplicationError):
    """The language model could not be used, or answered with an error.

    The context has ``reason`` (``auth``, ``rate_limit``, ``timeout``, ``server``, ``transport``, ...), ``model``,
    and where the provider told them ``status`` (of HTTP) and ``retryAfter`` in seconds.
    """


class UnusableAnswer(ApplicationError):
    """The language model answered, but not in the form that the signature asks for. ``model`` is in the context.

    It can be asked again: models do not always answer the same.
    """


class ProgramFailed(ApplicationError):
    """The program itself raised. The context has its ``program``; the cause is in the traceback."""


def not_found(program: str, scopes: str) -> CallRefused:
    return CallRefused(NOT_FOUND, f"there is no program {program!r} in {scopes}", {"program": program})


def illegal(message: str, **context: object) -> CallRefused:
    return CallRefused(ILLEGAL_STATE, message, context)


def invalid(argument: str, message: str) -> InvalidArgument:
    return InvalidArgument(f"{argument}: {message}", argument)


@contextmanager
def told(program: str) -> Iterator[None]:
    """Turns what DSPy raises while a program runs into errors of this module, without the model's secrets."""
    try:
        yield
    except dspy.LMError as error:
        raise _language_model_error(error) from None
    except dspy.AdapterParseError as error:
        text = _secrets.without(str(error))
        raise UnusableAnswer(text, context={"program": program}, retryable=True) from None


def _language_model_error(error: dspy.LMError) -> LanguageModelError:
    known = {
        "reason": error.code,
        "model": error.model,
        "status": error.status,
        "retryAfter": error.retry_after,
    }
    return LanguageModelError(
        _secrets.without(str(error)),
        context={name: value for name, value in known.items() if value is not None},
        retryable=dspy.is_retryable_lm_error(error),
    )
