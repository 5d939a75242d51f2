from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from harness.data import download as module
from harness.data.download import download, downloads_folder
from harness.data.missing import MissingDataError
from harness.errors import DataError

BODY = b'{"q": 1}\n'


class _Handler(BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path.startswith("/away"):
            self.send_response(302)
            self.send_header("Location", "http://example.org/rows.jsonl")
            self.end_headers()
        elif self.path == "/none.jsonl":
            self.send_error(404)
        else:
            self.send_response(200)
            extra = 100 if self.path == "/short.jsonl" else 0
            self.send_header("Content-Length", str(len(BODY) + extra))
            self.end_headers()
            self.wfile.write(BODY)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[str]]]:
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    asked: list[str] = []
    web = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"asked": asked}))
    thread = threading.Thread(target=web.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{web.server_port}", asked
    web.shutdown()
    web.server_close()
    thread.join()


def kept() -> list[Path]:
    return [path for path in downloads_folder().rglob("*") if path.is_file()]


def test_a_file_is_fetched_once(server: tuple[str, list[str]]) -> None:
    url, asked = server
    path = download(f"{url}/rows.jsonl?download=true")
    assert path.name == "rows.jsonl"
    assert path.read_bytes() == BODY
    assert download(f"{url}/rows.jsonl?download=true", offline=True) == path
    assert download(f"{url}/rows.jsonl") != path
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("path", "message"),
    [("/none.jsonl", "the server answers 404 Not Found"), ("/short.jsonl", "cannot be fetched")],
)
def test_what_cannot_be_fetched_leaves_nothing(server: tuple[str, list[str]], path: str, message: str) -> None:
    with pytest.raises(MissingDataError, match=message):
        download(server[0] + path)
    assert kept() == []


def test_too_large_a_file(server: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 4)
    with pytest.raises(DataError, match="is larger than"):
        download(f"{server[0]}/rows.jsonl")
    assert kept() == []


@pytest.mark.parametrize("url", ["http://example.org/x.jsonl", "ftp://example.org/x.jsonl", "file:///etc/passwd"])
def test_only_https(url: str) -> None:
    with pytest.raises(DataError, match="https:// or hf:// only"):
        download(url)


def test_a_redirect_does_not_leave_https(server: tuple[str, list[str]]) -> None:
    with pytest.raises(DataError, match=r"http://example\.org/rows\.jsonl: rows are fetched over https"):
        download(f"{server[0]}/away.jsonl")
    assert kept() == []


def test_offline_and_nobody_there(server: tuple[str, list[str]]) -> None:
    with pytest.raises(MissingDataError, match="was never downloaded, and this run is offline"):
        download(f"{server[0]}/rows.jsonl", offline=True)
    with pytest.raises(MissingDataError, match=r"cannot be fetched: .*refused"):
        download("http://127.0.0.1:9/rows.jsonl")


def test_a_cache_that_cannot_be_written(server: tuple[str, list[str]], tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    with pytest.raises(MissingDataError, match="cannot be fetched"):
        download(f"{server[0]}/rows.jsonl")
