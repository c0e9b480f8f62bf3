# SPDX-License-Identifier: Apache-2.0
"""Registration and the reading of calls."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Optional

import pytest

from serpentry import Module, RegistrationError, Session, _calls, cancelled
from serpentry._calls import Catalogue
from serpentry._errors import CallRefused
from serpentry._wire import REFERENCES, Frame, FrameType


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_calls, "REGISTRY", {})


def catalogue() -> Catalogue:
    return Catalogue(_calls.REGISTRY.values())


def read(body: bytes, **fields: Any) -> dict[str, Any]:
    return catalogue().read_call(Frame(FrameType.CALL, 1, body, **fields)).arguments


def test_a_registered_function_must_stay_callable() -> None:
    m = Module("m")

    @m.call
    def plain(x: int) -> int:
        return x + 1

    @m.call(timeout=2, idempotent=True, name="other")
    def named(x: int) -> int:
        return x + 2

    assert (plain(1), named(1)) == (2, 3)
    assert sorted(_calls.REGISTRY) == ["m.other", "m.plain"]


def test_two_functions_of_one_name_must_be_refused_and_both_be_named() -> None:
    m = Module("m")
    m.call(name="a")(len)
    with pytest.raises(RegistrationError, match=r"m\.a is registered twice: by builtins\.len and by .*abs"):
        m.call(name="a")(abs)


def test_two_modules_of_one_name_must_not_hide_each_others_functions() -> None:
    Module("m").call(name="a")(len)
    with pytest.raises(RegistrationError, match="registered twice"):
        Module("m").call(name="a")(abs)


def test_a_module_that_is_imported_again_must_replace_its_functions(
    write_module: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "from serpentry import Module\nm = Module('m')\n@m.call\ndef a(): ...\n"
    monkeypatch.syspath_prepend(str(write_module("reimported", text)))
    module = importlib.import_module("reimported")
    importlib.reload(module)
    assert _calls.REGISTRY["m.a"].function is module.a
    del sys.modules["reimported"]


@pytest.mark.parametrize("name", ["", "a b", "a.", ".a", "1", "a-b"])
def test_a_name_that_is_no_identifier_must_be_refused(name: str) -> None:
    with pytest.raises(RegistrationError, match="identifier"):
        Module(name)
    with pytest.raises(RegistrationError, match=r"identifier|timeout"):
        Module("m").call(name=name, timeout=0)(len)


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_a_timeout_that_is_not_positive_must_be_refused(timeout: float) -> None:
    with pytest.raises(RegistrationError, match="timeout"):
        Module("m").call(timeout=timeout)(len)


@pytest.mark.parametrize("uses", ["history", [""], ["x" * 256], [5]])
def test_uses_must_be_a_list_of_names_of_entries(uses: Any) -> None:
    with pytest.raises(RegistrationError, match=r"the uses of m\.f"):
        Module("m").call(name="f", uses=uses)(len)


@pytest.mark.parametrize("hint", [Session, Session | None, Optional[Session], Annotated[Session, "mine"]])
def test_a_session_must_be_no_parameter_of_the_catalogue(hint: Any) -> None:
    def f(s, x): ...  # type: ignore[no-untyped-def]

    f.__annotations__ = {"s": hint, "x": int}
    Module("m").call(f)
    (entry,) = catalogue().entries()
    assert [parameter["name"] for parameter in entry["parameters"]] == ["x"]


def test_a_session_inside_of_another_hint_must_be_refused() -> None:
    @Module("m").call
    def f(s: list[Session]) -> None: ...

    with pytest.raises(RegistrationError, match="Session can not be read from JSON"):
        catalogue()


def test_defaults_must_make_arguments_optional() -> None:
    @Module("m").call
    def f(a: int, b: int = 2, *, c: str, d: Any = None) -> None: ...

    assert read(b'{"function":"m.f","arguments":{"c":"x","a":1}}') == {"c": "x", "a": 1}
    for body, missing in (
        (b'{"function":"m.f","arguments":{"a":1,"b":1,"d":1}}', "c"),
        (b'{"function":"m.f"}', "a"),
    ):
        with pytest.raises(CallRefused) as caught:
            read(body)
        assert caught.value.context == {"argument": missing}


def test_arguments_without_hints_must_pass_as_they_are() -> None:
    @Module("m").call
    def f(a, b=None):  # type: ignore[no-untyped-def]
        ...

    assert read(b'{"function":"m.f","arguments":{"a":{"$attachment":0}}}') == {"a": {"$attachment": 0}}


def test_an_object_with_the_reserved_key_must_be_refused_under_the_flag() -> None:
    @Module("m").call
    def f(a: Any) -> None: ...

    for value in (
        b'{"$attachment":0,"x":1}',
        b'{"$attachment":"0"}',
        b'{"$attachment":-1}',
        b'{"$attachment":true}',
    ):
        with pytest.raises(CallRefused) as caught:
            read(
                b'{"function":"m.f","arguments":{"a":[%s]}}' % value,
                flags=REFERENCES,
                attachments=[b"x", b"y"],
            )
        assert caught.value.context == {"argument": "a[0]"}


def test_known_names_must_be_at_most_twenty_and_near_ones_first() -> None:
    m = Module("m")
    for n in range(30):
        m.call(name=f"f{n}")(lambda: None)
    with pytest.raises(CallRefused) as caught:
        catalogue().find("m.f7x")
    assert caught.value.context["known"][0] == "m.f7"
    assert len(caught.value.context["known"]) <= 20
    with pytest.raises(CallRefused) as caught:
        catalogue().find("?")
    assert len(caught.value.context["known"]) == 20


def test_nothing_must_be_cancelled_outside_of_a_call() -> None:
    assert cancelled() is False
