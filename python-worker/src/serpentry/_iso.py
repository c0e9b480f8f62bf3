# SPDX-License-Identifier: Apache-2.0
"""ISO 8601 texts as Java writes them, on every Python from 3.10.

``datetime.fromisoformat`` of Python 3.10 knows no ``Z`` and no fraction of nine digits. Digits beyond
microseconds are cut off. A zone in brackets (``2024-01-01T10:00+01:00[Europe/Berlin]``) becomes a
``ZoneInfo`` where the machine knows the zone, otherwise the offset stays.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_DATE = r"(\d{4}-\d\d-\d\d)"
_TIME = r"(\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?"
_OFFSET = r"(Z|z|[+-]\d\d:?\d\d(?::\d\d)?)?"
_DATETIME_PATTERN = re.compile(rf"{_DATE}[Tt ]{_TIME}{_OFFSET}(?:\[([\w/+-]+)\])?", re.ASCII)
_TIME_PATTERN = re.compile(f"{_TIME}{_OFFSET}", re.ASCII)
_DATE_PATTERN = re.compile(_DATE, re.ASCII)
_NUMBER = r"([+-]?\d+)"
_DURATION_PATTERN = re.compile(
    rf"([+-])?P(?:{_NUMBER}D)?(?:T(?=[\d+-])(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:([+-]?)(\d+)(?:[.,](\d{{1,9}}))?S)?)?",
    re.ASCII,
)


def parse_datetime(text: str) -> datetime:
    """Raises ``ValueError``."""
    match = _DATETIME_PATTERN.fullmatch(text)
    if match is None:
        raise ValueError(text)
    day, *clock, offset, zone = match.groups()
    moment = datetime.combine(date.fromisoformat(day), _clock(*clock), _offset(offset))
    return _in_zone(moment, zone) if zone else moment


def parse_date(text: str) -> date:
    """Raises ``ValueError``."""
    if _DATE_PATTERN.fullmatch(text) is None:
        raise ValueError(text)
    return date.fromisoformat(text)


def parse_time(text: str) -> time:
    """Raises ``ValueError``."""
    match = _TIME_PATTERN.fullmatch(text)
    if match is None:
        raise ValueError(text)
    *clock, offset = match.groups()
    return _clock(*clock).replace(tzinfo=_offset(offset))


def parse_duration(text: str) -> timedelta:
    """A duration of days, hours, minutes and seconds; years and months have no length. ``ValueError``."""
    match = _DURATION_PATTERN.fullmatch(text)
    if match is None or text[-1] in "PT":
        raise ValueError(text)
    sign, days, hours, minutes, second_sign, seconds, fraction = match.groups()
    small = timedelta(seconds=int(seconds or 0), microseconds=_micros(fraction))
    total = timedelta(days=int(days or 0), hours=int(hours or 0), minutes=int(minutes or 0))
    total += -small if second_sign == "-" else small
    return -total if sign == "-" else total


def format_duration(value: timedelta) -> str:
    """The text that ``java.time.Duration.toString`` would give: ``PT1H30M``, ``PT-0.5S``, ``PT0S``."""
    sign = "-" if value < timedelta(0) else ""
    rest = abs(value)
    seconds = rest.days * 86400 + rest.seconds
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    fraction = f".{rest.microseconds:06d}".rstrip("0") if rest.microseconds else ""
    parts = f"{sign}{hours}H" if hours else ""
    parts += f"{sign}{minutes}M" if minutes else ""
    if seconds or fraction:
        parts += f"{sign}{seconds}{fraction}S"
    return f"PT{parts or '0S'}"


def _clock(minutes: str, seconds: str | None, fraction: str | None) -> time:
    return time.fromisoformat(f"{minutes}:{seconds or '00'}").replace(microsecond=_micros(fraction))


def _micros(fraction: str | None) -> int:
    return int(fraction[:6].ljust(6, "0")) if fraction else 0


def _in_zone(moment: datetime, name: str) -> datetime:
    """The same instant in the named zone; unchanged where the machine does not know the zone."""
    try:
        zone = ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return moment
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def _offset(offset: str | None) -> tzinfo | None:
    if offset is None:
        return None
    if offset in "Zz":
        return timezone.utc
    digits = offset[1:].replace(":", "")
    seconds = int(digits[:2]) * 3600 + int(digits[2:4]) * 60 + int(digits[4:] or 0)
    return timezone(timedelta(seconds=-seconds if offset[0] == "-" else seconds))
