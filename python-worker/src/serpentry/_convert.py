# SPDX-License-Identifier: Apache-2.0
"""Arguments from JSON values to what a function's type hints ask for.

``Compiler.converter(hint)`` is called once per parameter, when the worker starts; the closures it gives run
for each call. A converter returns the value or raises ``Mismatch``; it never coerces silently. ``None`` in
place of a converter means that any JSON value fits as it is.
"""

from __future__ import annotations

import collections.abc as abc
import dataclasses
import inspect
import types
import typing
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from serpentry import _scalars
from serpentry._errors import RegistrationError
from serpentry._hints import field_hints, hint_text, plain_hint
from serpentry._scalars import Converter, Mismatch

_LISTS = (list, abc.Sequence, abc.MutableSequence, abc.Collection, abc.Iterable)
_SETS = (set, abc.MutableSet)
_FROZEN_SETS = (frozenset, abc.Set)
_DICTS = (dict, abc.Mapping, abc.MutableMapping)
_ANYTHING = (Any, object, inspect.Parameter.empty)


class Compiler:
    """Compiles the hints of one function.

    ``thorough`` is for values in which numbers may be ``Decimal`` or bytes ``bytearray``: there an untyped
    position is walked to give ``float`` and ``bytes``, otherwise it costs
    nothing. Raises ``RegistrationError`` for a hint that has no JSON form.
    """

    def __init__(self, *, thorough: bool = False) -> None:
        self._thorough = thorough
        self._classes: dict[Any, Converter] = {}

    def converter(self, hint: Any) -> Converter | None:
        hint = plain_hint(hint)
        if hint in _ANYTHING or isinstance(hint, TypeVar):
            return _scalars.to_anything if self._thorough else None
        if hint is None or hint is type(None):
            return _scalars.to_none
        origin = get_origin(hint) or hint
        if origin is Union or origin is types.UnionType:
            return self._union(get_args(hint))
        if origin is Literal:
            return _literal(hint)
        scalar = _scalars.CONVERTERS.get(origin)
        if scalar is not None:
            return scalar
        return self._container(hint, origin) or self._class(hint, origin)

    def _container(self, hint: Any, origin: Any) -> Converter | None:
        arguments = get_args(hint)
        if origin is tuple:
            return self._tuple(hint, arguments)
        for family, make in ((_LISTS, list), (_SETS, set), (_FROZEN_SETS, frozenset)):
            if origin in family:
                item = self.converter(arguments[0] if arguments else Any)
                return _sequence(hint_text(hint), item, make)
        if origin in _DICTS:
            key, value = arguments or (str, Any)
            return _mapping(hint_text(hint), self._key(key), self.converter(value))
        return None

    def _key(self, hint: Any) -> Converter | None:
        hint = plain_hint(hint)
        if hint is str or hint in _ANYTHING:
            return None
        if hint is int:
            return _scalars.int_key
        if hint in _scalars.KEYS or (isinstance(hint, type) and issubclass(hint, Enum)):
            return self.converter(hint)
        raise RegistrationError(f"keys of the type {hint_text(hint)} can not be read from JSON")

    def _tuple(self, hint: Any, arguments: tuple[Any, ...]) -> Converter:
        if not arguments:
            return _sequence("tuple", self.converter(Any), tuple)
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return _sequence(hint_text(hint), self.converter(arguments[0]), tuple)
        members = () if arguments == ((),) else arguments
        return _fixed_tuple(hint_text(hint), [self.converter(member) for member in members])

    def _union(self, members: tuple[Any, ...]) -> Converter | None:
        """The first member that fits wins; ``int`` is tried before ``float``, so that 1 stays an int."""
        ordered = sorted(members, key=lambda member: member is float)
        converters = []
        for member in ordered:
            converter = self.converter(member)
            if converter is None:
                return None
            if converter is not _scalars.to_none:
                converters.append(converter)
        nullable = type(None) in members
        return _first_that_fits(" | ".join(map(hint_text, members)), converters, nullable)

    def _class(self, hint: Any, origin: Any) -> Converter:
        if isinstance(origin, type):
            if issubclass(origin, Enum):
                return _enum(origin)
            if dataclasses.is_dataclass(origin) or typing.is_typeddict(origin) or _is_named_tuple(origin):
                return self._object(hint, origin)
        raise RegistrationError(f"the type {hint_text(hint)} can not be read from JSON")

    def _object(self, hint: Any, origin: type) -> Converter:
        known = self._classes.get(hint)
        if known is not None:
            return known
        shape = _ObjectShape(hint_text(hint), dict if typing.is_typeddict(origin) else origin)
        self._classes[hint] = shape
        shape.converters, shape.required = {}, []
        for name, (field_hint, required) in field_hints(hint, origin).items():
            try:
                shape.converters[name] = self.converter(field_hint)
            except RegistrationError as error:
                raise RegistrationError(f"field {name!r} of {hint_text(hint)}: {error}") from None
            if required:
                shape.required.append(name)
        return shape


def _is_named_tuple(cls: type) -> bool:
    return issubclass(cls, tuple) and hasattr(cls, "_fields")


class _ObjectShape:
    """The converter of a class with named fields; made before its fields are, so a class may hold itself."""

    def __init__(self, name: str, make: Callable[..., Any]) -> None:
        self._name = name
        self._make = make
        self.converters: dict[str, Converter | None] = {}
        self.required: list[str] = []

    def __call__(self, value: Any) -> Any:
        if type(value) is not dict:
            raise Mismatch(self._name, value)
        fields = {}
        name = ""
        try:
            for name, item in value.items():
                converter = self.converters[name]
                fields[name] = item if converter is None else converter(item)
        except KeyError:
            if name in self.converters:
                raise
            raise Mismatch(f"{self._name} has no field {name!r}", because=True) from None
        except Mismatch as mismatch:
            raise mismatch.inside(f".{name}") from None
        missing = [name for name in self.required if name not in fields]
        if missing:
            raise Mismatch(f"{self._name} lacks the field {missing[0]!r}", because=True)
        return self._build(fields)

    def _build(self, fields: dict[str, Any]) -> Any:
        try:
            return self._make(**fields)
        except (ValueError, TypeError) as error:
            raise Mismatch(f"{self._name} refused its fields: {error}", because=True) from error


def _sequence(name: str, item: Converter | None, make: Callable[[Any], Any]) -> Converter:
    def convert(value: Any) -> Any:
        if type(value) is not list:
            raise Mismatch(name, value)
        if item is not None:
            value = _items(value, item)
        if make is list:
            return value
        try:
            return make(value)
        except TypeError:
            raise Mismatch(f"{name} needs items that can be hashed", because=True) from None

    return convert


def _items(values: list[Any], item: Converter) -> list[Any]:
    converted: list[Any] = []
    try:
        for value in values:
            converted.append(item(value))
    except Mismatch as mismatch:
        raise mismatch.inside(f"[{len(converted)}]") from None
    return converted


def _fixed_tuple(name: str, items: list[Converter | None]) -> Converter:
    def convert(value: Any) -> Any:
        if type(value) is not list or len(value) != len(items):
            raise Mismatch(name, value)
        converted: list[Any] = []
        try:
            for item, element in zip(items, value, strict=True):
                converted.append(element if item is None else item(element))
        except Mismatch as mismatch:
            raise mismatch.inside(f"[{len(converted)}]") from None
        return tuple(converted)

    return convert


def _mapping(name: str, key: Converter | None, item: Converter | None) -> Converter:
    def convert(value: Any) -> Any:
        if type(value) is not dict:
            raise Mismatch(name, value)
        if key is None and item is None:
            return value
        converted = {}
        text = ""
        try:
            for text, element in value.items():
                converted[text if key is None else key(text)] = element if item is None else item(element)
        except Mismatch as mismatch:
            raise mismatch.inside(f"[{text[:60]!r}]") from None
        return converted

    return convert


def _first_that_fits(name: str, converters: list[Converter], nullable: bool) -> Converter:
    if len(converters) == 1:
        return _nullable(name, converters[0]) if nullable else converters[0]

    def convert(value: Any) -> Any:
        if value is None and nullable:
            return None
        deepest: Mismatch | None = None
        for converter in converters:
            try:
                return converter(value)
            except Mismatch as mismatch:
                if mismatch.path and (deepest is None or len(mismatch.path) > len(deepest.path)):
                    deepest = mismatch
        raise deepest or Mismatch(name, value)

    return convert


def _nullable(name: str, converter: Converter) -> Converter:
    def convert(value: Any) -> Any:
        if value is None:
            return None
        try:
            return converter(value)
        except Mismatch as mismatch:
            raise mismatch if mismatch.path or mismatch.because else Mismatch(name, value) from None

    return convert


def _literal(hint: Any) -> Converter:
    allowed = {}
    for member in get_args(hint):
        text = member.name if isinstance(member, Enum) else member
        allowed[type(text), text] = member
    name = hint_text(hint)

    def convert(value: Any) -> Any:
        try:
            return allowed[type(value), value]
        except (KeyError, TypeError):
            raise Mismatch(name, value) from None

    return convert


def _enum(cls: type[Enum]) -> Converter:
    members = cls.__members__
    names = ", ".join(list(members)[:20])

    def convert(value: Any) -> Any:
        if type(value) is str and value in members:
            return members[value]
        raise Mismatch(f"{cls.__qualname__} (one of {names})", value)

    return convert


def mentions_decimal(hint: Any, seen: set[Any] | None = None) -> bool:
    """Whether a value of this type can hold a ``Decimal``, so that the JSON text must be read exactly."""
    seen = set() if seen is None else seen
    hint = plain_hint(hint)
    if hint is Decimal:
        return True
    origin = get_origin(hint) or hint
    if origin is Literal or not isinstance(hint, abc.Hashable) or hint in seen:
        return False
    seen.add(hint)
    inner = list(get_args(hint))
    if isinstance(origin, type) and (
        dataclasses.is_dataclass(origin) or typing.is_typeddict(origin) or _is_named_tuple(origin)
    ):
        inner += [field for field, _ in field_hints(hint, origin).values()]
    return any(mentions_decimal(part, seen) for part in inner)
