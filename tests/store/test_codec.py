from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from harness.store import codec
from harness.values import ErrorKind, OptionScore, Response, ResponseError

KEY = bytes(range(32))

texts = st.text(st.characters(), max_size=400)  # st.characters() has lone surrogates and NUL
counts = st.integers(0, 2**40)
options = st.builds(OptionScore, st.floats(), counts, st.none() | st.booleans())
errors = st.builds(ResponseError, st.sampled_from(ErrorKind), texts)
responses = st.builds(
    Response,
    text=st.none() | texts,
    options=st.lists(options, max_size=6).map(tuple),
    finish=st.none() | st.sampled_from(["stop", "length", "filter"]),
    method=st.none() | texts,
    clipped=counts,
    prompt_tokens=st.none() | counts,
    completion_tokens=st.none() | counts,
    latency=st.none() | st.floats(0, 1e6),
    retries=counts,
    error=st.none() | errors,
)


@given(responses)
def test_a_response_comes_back_as_plain_data_says_it(response: Response) -> None:
    back = codec.decode(KEY, codec.encode(KEY, response))
    assert repr(back) == repr(Response.from_json(response.as_json()))  # repr, because NaN differs from itself


def test_infinite_and_undefined_log_probabilities_survive() -> None:
    scores = tuple(OptionScore(lp, 3) for lp in (-math.inf, math.inf, math.nan, -0.0, 5e-324))
    back = codec.decode(KEY, codec.encode(KEY, Response(options=scores)))
    assert back is not None
    assert repr(back.options) == repr(scores)


def test_a_long_reply_is_compressed() -> None:
    reply = Response(text="Let us think step by step. " * 200)
    payload = codec.encode(KEY, reply)
    assert len(payload) < 300
    assert codec.decode(KEY, payload) == reply


@given(responses, st.data())
def test_a_changed_byte_is_never_believed(response: Response, data: st.DataObject) -> None:
    payload = bytearray(codec.encode(KEY, response))
    place = data.draw(st.integers(0, len(payload) - 1))
    payload[place] ^= data.draw(st.integers(1, 255))
    assert codec.decode(KEY, bytes(payload)) is None


def test_bytes_of_another_key_or_a_newer_version_are_no_answer() -> None:
    payload = codec.encode(KEY, Response(text="yes"))
    assert codec.decode(KEY[::-1], payload) is None
    assert codec.decode(KEY, b"") is None
    newer = b'{"error":["a kind that is not known yet","?"]}'
    assert codec.decode(KEY, codec.checksum(KEY, newer) + newer) is None
