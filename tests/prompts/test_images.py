"""Pictures in chat messages."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from harness.backends.base import Capabilities
from harness.cards.find import CardIndex
from harness.cards.load import load_card
from harness.data.load import DataSource
from harness.engine.plan import make_plan
from harness.engine.task import Limits, Task, join
from harness.errors import BackendError, DataError, UserError
from harness.prompts.images import addresses
from harness.values import Message, Request, Sample

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg=="
)
ADDRESS = "data:image/png;base64," + base64.b64encode(PNG).decode()


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (PNG, (ADDRESS,)),
        ({"bytes": PNG, "path": None}, (ADDRESS,)),
        ([PNG, None, "https://example.org/a.png"], (ADDRESS, "https://example.org/a.png")),
        (None, ()),
        (b"\xff\xd8\xff\xe0", ("data:image/jpeg;base64,/9j/4A==",)),
        (b"RIFF\0\0\0\0WEBP", ("data:image/webp;base64,UklGRgAAAABXRUJQ",)),
    ],
)
def test_every_form_of_a_picture(value: Any, found: tuple[str, ...]) -> None:
    assert addresses(Sample.of("s", {"p": value}), ["p"], "card") == found


@pytest.mark.parametrize("value", [b"<svg/>", "/etc/passwd", {"path": "a.png"}, 5])
def test_what_is_no_picture_is_refused(value: Any) -> None:
    with pytest.raises(DataError, match="card: sample s: the field 'p' holds no picture"):
        addresses(Sample.of("s", {"p": value}), ["p"], "card")


def joined(folder: Path, *, chat: bool = True, **keys: Any) -> Task:
    rows = [{"q": f"What is {n}?", "a": str(n), "p": f"https://example.org/{n}.png"} for n in range(3)]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    card = {
        "name": "seen", "about": "See.", "dataset": {"files": "rows.jsonl"}, "ask": "generate",
        "columns": {"question": "q", "answer": "a", "picture": "p"}, "prompt": "{{ question }}",
        "images": ["picture"], "metrics": ["exact_match"], **keys,
    }  # fmt: skip
    (folder / "seen.yaml").write_text(json.dumps(card))
    return join(load_card("seen", CardIndex([folder])), DataSource(), Limits(), chat=chat)


def first(task: Task) -> Request:
    part = task.parts[0]
    return part.asker.requests(part.samples[0])[0].request


def test_the_question_carries_its_picture(tmp_path: Path) -> None:
    request = first(joined(tmp_path))
    assert request.messages == (Message("user", "What is 0?", ("https://example.org/0.png",)),)


def test_shots_show_theirs(tmp_path: Path) -> None:
    shots = {"split": "test", "count": 1, "turns": True}
    request = first(joined(tmp_path, shots=shots, dataset={"files": {"test": "rows.jsonl"}, "split": "test"}))
    assert [len(message.images) for message in request.messages] == [1, 0, 1]
    together = first(
        joined(tmp_path, shots={**shots, "turns": False}, dataset={"files": {"test": "rows.jsonl"}, "split": "test"})
    )
    assert [len(message.images) for message in together.messages] == [2]


def test_another_picture_is_another_request() -> None:
    def asked(*images: str) -> str:
        return Request("generate", messages=(Message("user", "x", images),)).digest()

    assert len({asked(), asked(ADDRESS), asked("https://example.org/a.png"), asked(ADDRESS + "A")}) == 4


def test_the_record_of_a_request_holds_no_picture() -> None:
    shown = Request("generate", messages=(Message("user", "x", ("data:image/png;base64," + "A" * 10_000,)),)).as_json()
    assert len(json.dumps(shown)) < 200
    assert shown["messages"][0]["images"][0].startswith("data:image/png;base64 ")


def test_a_backend_without_eyes_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="seen: this backend shows no images"):
        make_plan([joined(tmp_path)], "", Capabilities(chat=True))
    assert make_plan([joined(tmp_path)], "", Capabilities(chat=True, images=True)).keys


def test_plain_text_shows_no_picture(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="'images' are shown in chat messages only"):
        first(joined(tmp_path, chat=False))
