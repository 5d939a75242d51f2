from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.data.formats import format_of, level, read_rows
from harness.errors import DataError

ROWS: list[dict[str, Any]] = [
    {"q": "Warum? \u2028 \ud55c", "n": 1, "l": ["a", "b"], "d": {"x": None}},
    {"q": "", "n": 2, "l": [], "d": {"x": 0.5}},
]


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.json", "json"),
        ("a.JSONL", "jsonl"),
        ("a.ndjson", "jsonl"),
        ("a.csv.gz", "csv"),
        ("a.b.tsv", "tsv"),
        ("a.parquet", "parquet"),
        ("data-00000-of-00001.arrow", "arrow"),
        ("a.txt", None),
        ("a", None),
        ("README.md", None),
    ],
)
def test_the_name_tells_the_format(name: str, kind: str | None) -> None:
    assert format_of(name) == kind


def test_json_lines(tmp_path: Path) -> None:
    text = lines(ROWS)
    assert read_rows(write(tmp_path / "a.jsonl", text)) == ROWS
    assert read_rows(write(tmp_path / "b.jsonl", "\ufeff\n" + text.replace("\n", "\r\n") + "\n\n")) == ROWS
    assert read_rows(write(tmp_path / "c.jsonl.gz", gzip.compress(text.encode()))) == ROWS
    assert read_rows(tmp_path / "a.jsonl", limit=1) == ROWS[:1]
    assert read_rows(write(tmp_path / "d.data", text), file_format="jsonl") == ROWS


def test_large_integers_stay_exact(tmp_path: Path) -> None:
    number = 123456789012345678901234567890
    assert read_rows(write(tmp_path / "a.jsonl", f'{{"n": {number}}}\n')) == [{"n": number}]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ROWS),
        json.dumps(ROWS, indent=2),
        json.dumps({"canary": "x", "about": {"n": 1}, "keywords": ["a"], "examples": ROWS}),
        lines(ROWS),
        "\n" + lines(ROWS),
    ],
)
def test_json_in_its_forms(tmp_path: Path, text: str) -> None:
    assert read_rows(write(tmp_path / "a.json", text)) == ROWS


def test_a_json_object_alone_is_one_row(tmp_path: Path) -> None:
    assert read_rows(write(tmp_path / "a.json", '{"q": "x", "l": ["a"]}')) == [{"q": "x", "l": ["a"]}]


def test_csv_and_tsv(tmp_path: Path) -> None:
    text = 'q,n,f,zip,note\n"a ""b"", c\nd",1,0.5,007,NA\n,,2,010,None\n'
    expected = [
        {"q": 'a "b", c\nd', "n": 1, "f": 0.5, "zip": "007", "note": "NA"},
        {"q": "", "n": None, "f": 2, "zip": "010", "note": "None"},
    ]
    assert read_rows(write(tmp_path / "a.csv", text)) == expected
    assert read_rows(write(tmp_path / "b.csv", text.replace("\n", "\r\n"))) == [
        {**expected[0], "q": 'a "b", c\r\nd'},
        expected[1],
    ]
    assert read_rows(write(tmp_path / "a.tsv", text.replace(",", "\t"))) == [
        {**expected[0], "q": 'a "b"\t c\nd'},
        expected[1],
    ]
    assert read_rows(tmp_path / "a.csv", limit=1) == expected[:1]


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("text", ["\n  One\ntwo. \r\n\r\n \nThree.\n\n"]),
        ("paragraphs", ["  One\ntwo. ", "Three."]),
        ("lines", ["  One", "two. ", "Three."]),
    ],
)
def test_plain_text(tmp_path: Path, kind: str, texts: list[str]) -> None:
    text = "\n  One\ntwo. \r\n\r\n \nThree.\n\n"
    path = write(tmp_path / "a.txt", text)
    assert read_rows(path, file_format=kind) == [{"text": text} for text in texts]
    assert read_rows(path, file_format=kind, limit=1) == [{"text": texts[0]}]
    assert read_rows(write(tmp_path / "a.gz", gzip.compress(text.encode())), file_format=kind)[0]["text"] == texts[0]
    assert read_rows(write(tmp_path / "b.txt", " \n\n"), file_format=kind) == []


def test_long_csv_cells(tmp_path: Path) -> None:
    assert read_rows(write(tmp_path / "a.csv", "q\n" + "x" * 200_000))[0]["q"] == "x" * 200_000


@given(st.lists(st.one_of(st.text("0123456789.-+e ", max_size=6), st.floats().map(repr)), min_size=1, max_size=4))
def test_a_csv_column_loses_nothing_by_becoming_numbers(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_text("q,k\n" + "".join(f"{cell},k\n" for cell in cells))
    assert [("" if row["q"] is None else str(row["q"])) for row in read_rows(path)] == cells


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.jsonl", '{"q": 1}\n\n{"q": 2\n', "a.jsonl:3: is not JSON: "),
        ("a.jsonl", '{"q": 1}\n[1]\n', "a.jsonl:2: each line must hold one object, and this is a list"),
        ("a.jsonl", "3\n", "a.jsonl:1: each line must hold one object, and this is a number"),
        ("a.jsonl", '{"q": ' + "[" * 200_000 + "\n", "a.jsonl:1: is not JSON that can be read"),
        ("a.jsonl", b'{"q": "\xff"}\n', "a.jsonl: is not UTF-8 text"),
        ("a.jsonl.gz", b"no gzip", "a.jsonl.gz: cannot be read"),
        ("a.jsonl.gz", gzip.compress(b'{"q": 1}\n' * 9999)[:-20], "a.jsonl.gz: cannot be read"),
        ("a.json", '[{"q": 1},\n {"q": 2]', "a.json:2: is not JSON: "),
        ("a.json", '[{"q": 1}, 2]', "must hold a list of objects, and holds a list with a number in it"),
        ("a.json", '"text"', "must hold a list of objects, and holds text"),
        ("a.json", '{"a": [{"x": 1}], "b": [{"x": 1}]}', "a.json: holds 2 lists of rows ('a', 'b')"),
        ("a.json", "", "a.json:1: is not JSON"),
        ("a.csv", "a,b\n1,2\n3\n", "a.csv:3: has 1 cells for 2 columns"),
        ("a.csv", "a,a\n1,2\n", "a.csv:1: names a column twice"),
        ("a.csv", "", "a.csv: is empty"),
        ("a.csv", 'a,b\n1,2\n"3,4\n5,6\n', "a.csv:4: is not a table"),
        ("a.parquet", b"PAR1 not really", "a.parquet: cannot be read as parquet"),
        ("a.arrow", b"ARROW1 not really", "a.arrow: cannot be read as arrow"),
        ("a.arrow", b"", "a.arrow: cannot be read as arrow"),
        ("a.txt", "x", "a.txt: its ending tells no format"),
        ("b.txt", "x", "name it with 'format', plain text as text or paragraphs or lines"),
    ],
)
def test_damaged_files_are_named_with_their_line(tmp_path: Path, name: str, text: str | bytes, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read_rows(write(tmp_path / name, text))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet", "a.arrow"])
def test_files_that_cannot_be_opened(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=f"{name}: cannot be read: No such file"):
        read_rows(tmp_path / name)
    (tmp_path / name).mkdir()
    with pytest.raises(DataError, match=f"{name}: cannot be read: Is a directory"):
        read_rows(tmp_path / name)


def test_parquet_and_arrow(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    table = pa.Table.from_pylist(ROWS * 3)
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=2)
    with pa.OSFile(str(tmp_path / "file.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    with pa.OSFile(str(tmp_path / "stream.arrow"), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)
    for name in ("a.parquet", "file.arrow", "stream.arrow"):
        assert read_rows(tmp_path / name) == ROWS * 3
        assert read_rows(tmp_path / name, limit=3) == (ROWS * 3)[:3]
        assert read_rows(tmp_path / name, limit=99) == ROWS * 3


def test_a_column_that_some_rows_lack_is_null_there() -> None:
    assert level([{"a": 1}, {"b": 2}]) == [{"a": 1, "b": None}, {"a": None, "b": 2}]
    same = [{"a": 1}, {"a": 2}]
    assert level(same) is same
