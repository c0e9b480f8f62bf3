# SPDX-License-Identifier: Apache-2.0
"""Gives back what it gets."""

from serpentry import Module

echo = Module("echo")


@echo.call
def data(payload: bytes) -> bytes:
    return payload


@echo.call
def text(payload: str) -> str:
    return payload
