"""A small server that speaks the part of the hub's protocol which reading a data set needs."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

COMMIT = "c" * 40


@dataclass
class Repository:
    """A data set: its files, and how it may be read."""

    files: dict[str, bytes]
    gated: bool = False
    token: str = ""  # one that may read it
    revisions: tuple[str, ...] = ("main", COMMIT)


@dataclass
class FakeHub:
    """What the server holds, and what it was asked."""

    repositories: dict[str, Repository]
    requests: list[str] = field(default_factory=list)
    url: str = ""
    status: int = 0  # answer everything with it, when set


class _Handler(BaseHTTPRequestHandler):
    hub: FakeHub

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, *args: object) -> None:
        pass

    def _answer(self, *, with_body: bool = True) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = unquote(urlsplit(self.path).path)
        self.hub.requests.append(f"{self.command} {path}")
        if self.hub.status:
            return self._send(self.hub.status, b"out of order")
        api = path.startswith("/api/datasets/")
        parts = path.removeprefix("/api").removeprefix("/datasets/").split("/")
        name, rest = "/".join(parts[:2]), parts[2:]
        repository = self.hub.repositories.get(name)
        if repository is None:  # the hub does not tell strangers whether a private data set exists
            return self._send(401, b'{"error": "Repository not found"}', {"X-Error-Code": "RepoNotFound"})
        revision = rest[1] if len(rest) > 1 else "main"
        if revision not in repository.revisions:
            return self._send(404, b'{"error": "Revision not found"}', {"X-Error-Code": "RevisionNotFound"})
        if api:
            return self._api(name, repository, rest, body)
        open_file = rest[2:] == ["README.md"]  # anyone may read what a gated data set is about
        if repository.gated and not open_file and self.headers.get("Authorization") != f"Bearer {repository.token}":
            status = 403 if self.headers.get("Authorization") else 401
            return self._send(status, b'{"error": "Access is restricted"}', {"X-Error-Code": "GatedRepo"})
        content = repository.files.get("/".join(rest[2:]))
        if content is None:
            return self._send(404, b"Entry not found", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT})
        headers = {"ETag": f'"{_oid(content)}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        return self._send(200, content if with_body else b"", headers, length=len(content))

    def _api(self, name: str, repository: Repository, rest: list[str], body: bytes) -> None:
        entries = {
            path: {"type": "file", "path": path, "size": len(content), "oid": _oid(content)}
            for path, content in repository.files.items()
        }
        for path in list(entries):
            for folder in ["/".join(path.split("/")[:n]) for n in range(1, path.count("/") + 1)]:
                oid = _oid(folder.encode())
                entries.setdefault(folder, {"type": "directory", "path": folder, "size": 0, "oid": oid})
        if rest[:1] == ["tree"]:
            below = "/".join(rest[2:])
            found = [entry for path, entry in entries.items() if not below or path.startswith(below + "/")]
            if below and below not in entries:
                return self._send(404, b"{}", {"X-Error-Code": "EntryNotFound"})
            return self._json(found)
        if rest[:1] == ["paths-info"]:
            wanted = (
                json.loads(body)["paths"]
                if body.startswith(b"{")
                else [unquote(pair.partition("=")[2]) for pair in body.decode().split("&") if pair.startswith("paths")]
            )
            return self._json([entries[path] for path in wanted if path in entries])
        siblings = [{"rfilename": path} for path in repository.files]
        gated = "auto" if repository.gated else False
        info = {"id": name, "sha": COMMIT, "private": False, "gated": gated, "tags": [], "siblings": siblings}
        return self._json({**info, "downloads": 0, "likes": 0})

    def _json(self, value: object) -> None:
        self._send(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None, length: int | None = None) -> None:
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)


def _oid(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()


@contextmanager
def serve(repositories: dict[str, Repository]) -> Iterator[FakeHub]:
    """Serve data sets on a free port of this machine."""
    hub = FakeHub(repositories)
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
