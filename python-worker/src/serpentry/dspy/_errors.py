# SPDX-License-Identifier: Apache-2.0
"""What can go wrong with programs, as the Java caller sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dspy

from serpentry._errors import ILLEGAL_STATE, ApplicationError, CallRefused, InvalidArgument, SerpentryError

NOT_FOUND = "NOT_FOUND"


class LanguageModelError(ApplicationError):
    """The language model could not be used, or answered with an error.

    The context has ``program``, ``reason`` (``auth``, ``rate_limit``, ``timeout``, ``server``, ``transport``,
    ...), ``model``, and where the provider told them ``status`` (of HTTP) and ``retryAfter`` in seconds.
    """


class UnusableAnswer(ApplicationError):
    """The language model answered, but not in the form that the signature asks for.

    The context has ``program`` and the ``model`` that is configured. It can be asked again: models do not
    always answer the same.
    """


class ProgramFailed(ApplicationError):
    """The program itself raised. The context has its ``program``; the cause is in the traceback."""


_AS_THEY_ARE = (SerpentryError, ApplicationError, MemoryError)


def not_found(program: str, scopes: str) -> CallRefused:
    return CallRefused(NOT_FOUND, f"there is no program {program!r} in {scopes}", {"program": program})


def illegal(message: str, **context: object) -> CallRefused:
    return CallRefused(ILLEGAL_STATE, message, context)


def invalid(argument: str, message: str) -> InvalidArgument:
    return InvalidArgument(f"{argument}: {message}", argument)


@contextmanager
def told(program: str, model: str) -> Iterator[None]:
    """Turns what is raised while a program runs into errors of this module.

    Errors of Serpentry and the application's own ``ApplicationError`` pass.
    """
    try:
        yield
    except dspy.LMError as error:
        raise _language_model_error(error, program, model) from None
    except dspy.AdapterParseError as error:
        context = {"program": program, "model": model}
        raise UnusableAnswer(str(error).strip(), context=context, retryable=True) from None
    except _AS_THEY_ARE:
        raise
    except Exception as error:
        raise ProgramFailed(f"{type(error).__name__}: {error}", context={"program": program}) from error


def timed_out(error: BaseException | None) -> bool:
    """Whether the wait for an answer ended; DSPy tells it as one of many failures of the connection."""
    while error is not None:
        if isinstance(error, (TimeoutError, dspy.LMTimeoutError)):
            return True
        error = error.__cause__
    return False


def _language_model_error(error: dspy.LMError, program: str, model: str) -> LanguageModelError:
    known = {
        "program": program,
        "reason": "timeout" if timed_out(error) else error.code,
        "model": error.model or model,
        "status": error.status,
        "retryAfter": error.retry_after,
    }
    return LanguageModelError(
        str(error),
        context={name: value for name, value in known.items() if value is not None},
        retryable=dspy.is_retryable_lm_error(error),
    )
