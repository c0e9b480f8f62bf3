# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import os
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from serpentry._wire import Frame, FrameDecoder, FrameType, WireError, encode, frame_size

VECTORS = json.loads((Path(__file__).parent / "vectors" / "frames.json").read_text("utf-8"))
REASONS = {"magic", "version", "type", "flags", "size", "attachments"}
LIMIT = 1 << 20


def decode(chunks: Iterable[bytes], limit: int = LIMIT) -> list[Frame]:
    decoder = FrameDecoder(limit)
    frames = []
    for chunk in chunks:
        rest = memoryview(chunk)
        while len(rest):
            target = decoder.writable()
            assert len(target)
            count = min(len(target), len(rest))
            target[:count] = rest[:count]
            decoder.received(count)
            rest = rest[count:]
            frames += list(iter(decoder.next_frame, None))
    return frames


def described(frame: Frame) -> dict[str, Any]:
    return {
        "type": frame.type.name,
        "flags": frame.flags,
        "requestId": frame.request_id,
        "body": bytes(frame.body).decode() or None,
        "attachments": [bytes(a).hex() for a in frame.attachments],
    }


def expected(vector: dict[str, Any]) -> dict[str, Any]:
    return {key: vector[key] for key in ("type", "flags", "requestId", "body", "attachments")}


def by_name(kind: str) -> list[Any]:
    return [pytest.param(vector, id=vector["name"]) for vector in VECTORS[kind]]


@pytest.mark.parametrize("vector", by_name("valid"))
def test_a_valid_frame_must_decode_to_its_parts(vector: dict[str, Any]) -> None:
    (frame,) = decode([bytes.fromhex(vector["hex"])])
    assert described(frame) == expected(vector)


@pytest.mark.parametrize("vector", by_name("valid"))
def test_a_frame_must_encode_to_the_bytes_of_the_vector(vector: dict[str, Any]) -> None:
    frame = Frame(
        FrameType[vector["type"]],
        vector["requestId"],
        (vector["body"] or "").encode(),
        [bytes.fromhex(a) for a in vector["attachments"]],
        vector["flags"],
    )
    data = b"".join(encode(frame))
    assert data.hex() == vector["hex"]
    assert frame_size(frame.body, frame.attachments) == len(data)


@pytest.mark.parametrize("vector", by_name("invalid"))
@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
def test_an_invalid_frame_must_be_refused_with_its_reason(vector: dict[str, Any], chunk: int) -> None:
    data = bytes.fromhex(vector["hex"])
    with pytest.raises(WireError) as caught:
        decode((data[at : at + chunk] for at in range(0, len(data), chunk)), vector["maxMessageSize"])
    assert caught.value.reason == vector["reason"]


def test_the_vectors_must_hold_every_type() -> None:
    assert {vector["type"] for vector in VECTORS["valid"]} == {t.name for t in FrameType}


def test_a_frame_of_exactly_the_limit_must_pass() -> None:
    data = b"".join(encode(Frame(FrameType.RESULT, 1, b"x" * 76)))
    assert len(decode([data], 100)) == 1


def test_frames_that_arrive_byte_by_byte_must_decode_as_if_at_once() -> None:
    vectors = [v for v in VECTORS["valid"] if len(v["hex"]) < 2000]
    data = b"".join(bytes.fromhex(v["hex"]) for v in vectors)
    frames = decode(data[at : at + 1] for at in range(len(data)))
    assert [described(f) for f in frames] == [expected(v) for v in vectors]


@pytest.mark.parametrize("chunk", [3, 1000, 65536, 65537, 1 << 22])
def test_large_and_small_frames_in_any_chunks_must_stay_in_step(chunk: int) -> None:
    vectors = VECTORS["valid"] * 3
    data = b"".join(bytes.fromhex(v["hex"]) for v in vectors)
    frames = decode(data[at : at + chunk] for at in range(0, len(data), chunk))
    assert [described(f) for f in frames] == [expected(v) for v in vectors]


def test_a_large_attachment_must_be_received_into_its_own_buffer() -> None:
    head = b"".join(encode(Frame(FrameType.RESULT, 1, b"{}", [b"x" * 500_000])))
    decoder = FrameDecoder(LIMIT)
    decoder.writable()[:30] = head[:30]
    decoder.received(30)
    assert decoder.next_frame() is None
    target = decoder.writable()
    assert len(target) == 500_000
    target[:] = head[30:]
    decoder.received(500_000)
    frame = decoder.next_frame()
    assert frame is not None
    assert frame.attachments[0] is target.obj


def test_the_decoder_must_know_whether_it_is_inside_a_frame() -> None:
    decoder = FrameDecoder(LIMIT)
    assert not decoder.in_frame
    data = b"".join(encode(Frame(FrameType.CALL, 1, b"{}")))
    for at in range(len(data)):
        decoder.writable()[:1] = data[at : at + 1]
        decoder.received(1)
        frame = decoder.next_frame()
        assert decoder.in_frame == (frame is None)


def test_a_mutated_frame_must_give_frames_or_a_wire_error() -> None:
    rounds = 1_000_000 if os.environ.get("SERPENTRY_LONG") else 20_000
    generator = random.Random(20)
    seeds = [bytes.fromhex(v["hex"]) for v in VECTORS["valid"] if len(v["hex"]) < 2000]
    reasons = []
    for _ in range(rounds):
        try:
            for frame in decode([mutated(generator, seeds)]):
                assert frame_size(frame.body, frame.attachments) <= LIMIT
        except WireError as error:
            reasons.append(error.reason)
    assert 0 < len(reasons) < rounds
    assert set(reasons) <= REASONS


def mutated(generator: random.Random, seeds: list[bytes]) -> bytes:
    data = bytearray(generator.choice(seeds) + generator.choice(seeds))
    for _ in range(generator.randint(1, 4)):
        action = generator.randrange(4)
        at = generator.randrange(len(data))
        if action == 0:
            data[at] = generator.randrange(256)
        elif action == 1:
            data[at] ^= 1 << generator.randrange(8)
        elif action == 2 and len(data) > 1:
            del data[at]
        else:
            data.insert(at, generator.randrange(256))
    return bytes(data)
