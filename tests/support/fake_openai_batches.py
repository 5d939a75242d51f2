"""A loopback server with files and batches, whose batches end when a test says so."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any

from aiohttp import web


class FakeBatches:
    """The server; a context manager that listens from ``__enter__`` to ``__exit__``.

    Attributes:
        status: what becomes of the next batches: ``completed``, ``expired`` …; ``in_progress`` leaves them at work.
        polls: how often a batch is asked for before it ends.
        direct: the forms that were asked directly.
        batches: name → batch, as the server describes it.
        files: name → content.
        broken: how many of the next requests for anything are answered 500.
        interface: whether there are files and batches at all.
        refuses: whether a line is answered with an error, asked with its form.
        check: asked with the form of each request; an error message refuses it with 400.
    """

    def __init__(self) -> None:
        self.status = "completed"
        self.polls = 2
        self.direct: list[dict[str, Any]] = []
        self.batches: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.broken = 0
        self.interface = True
        self.refuses: Callable[[dict[str, Any]], bool] = lambda form: False
        self.check: Callable[[dict[str, Any]], str] = lambda form: ""
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> FakeBatches:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(self, *exc: object) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def lines(self, batch: str) -> list[dict[str, Any]]:
        """The requests of a batch."""
        return [json.loads(line) for line in self.files[self.batches[batch]["input_file_id"]].splitlines()]

    async def _start(self) -> None:
        app = web.Application(client_max_size=1 << 30, middlewares=[self._breakage])
        app.add_routes(
            [
                web.post("/v1/chat/completions", self._chat),
                web.post("/v1/responses", self._chat),
                web.post("/v1/files", self._upload),
                web.get("/v1/files/{id}/content", self._content),
                web.post("/v1/batches", self._create),
                web.get("/v1/batches", self._list),
                web.get("/v1/batches/{id}", self._get),
            ]
        )
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"

    @web.middleware
    async def _breakage(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if self.broken:
            self.broken -= 1
            return web.json_response({"error": {"message": "overloaded"}}, status=500)
        if not self.interface and "/chat/" not in request.path:
            return web.json_response({"detail": "Not Found"}, status=404)
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _chat(self, request: web.Request) -> web.Response:
        form = await request.json()
        self.direct.append(form)
        message = self.check(form)
        if message:
            return web.json_response({"error": {"message": message}}, status=400)
        return web.json_response(_reply(form))

    async def _upload(self, request: web.Request) -> web.Response:
        fields = await request.post()
        assert fields["purpose"] == "batch"
        file = fields["file"]
        assert isinstance(file, web.FileField)
        name = f"file-{len(self.files)}"
        self.files[name] = file.file.read()
        return web.json_response({"id": name, "object": "file"})

    async def _content(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["id"]])

    async def _create(self, request: web.Request) -> web.Response:
        form = await request.json()
        assert form["completion_window"] == "24h"
        name = f"batch-{len(self.batches)}"
        self.batches[name] = {**form, "id": name, "status": "validating", "polls": self.polls}
        return web.json_response(self.batches[name])

    async def _list(self, request: web.Request) -> web.Response:
        return web.json_response({"data": list(self.batches.values())[::-1]})

    async def _get(self, request: web.Request) -> web.Response:
        batch = self.batches.get(request.match_info["id"])
        if batch is None:
            return web.json_response({"error": {"message": "no such batch"}}, status=404)
        batch["polls"] -= 1
        if batch["polls"] <= 0 and self.status != "in_progress":
            self._end(batch)
        return web.json_response(batch)

    def _end(self, batch: dict[str, Any]) -> None:
        batch["status"] = self.status
        if self.status == "failed":
            batch["errors"] = {"data": [{"code": "token_limit_exceeded", "message": "Enqueued token limit reached"}]}
            return
        lines = self.lines(batch["id"])
        if self.status == "expired":
            lines = lines[: len(lines) // 2]
        good = [line for line in lines if not self.refuses(line["body"])]
        bad = [line for line in lines if self.refuses(line["body"])]
        # Last first: the order of the lines is not promised.
        answered = [_line(line, 200, _reply(line["body"])) for line in good[::-1]]
        failed = [_line(line, 400, {"error": {"message": "unpleasant prompt"}}) for line in bad]
        for field, written in (("output_file_id", answered), ("error_file_id", failed)):
            if written:
                batch[field] = f"file-{len(self.files)}"
                self.files[batch[field]] = b"".join(written)


def _line(line: dict[str, Any], status: int, body: dict[str, Any]) -> bytes:
    response = {"status_code": status, "request_id": "r", "body": body}
    return json.dumps({"id": "x", "custom_id": line["custom_id"], "response": response, "error": None}).encode() + b"\n"


def _reply(form: dict[str, Any]) -> dict[str, Any]:
    text = "echo: " + (form.get("messages") or form["input"])[-1]["content"]
    if "input" in form:
        content = [{"type": "output_text", "text": text}]
        return {"status": "completed", "output": [{"type": "message", "content": content}]}
    usage = {"prompt_tokens": 4, "completion_tokens": 2}
    return {"choices": [{"message": {"content": text}, "finish_reason": "stop"}], "usage": usage}
