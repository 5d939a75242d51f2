"""The least that a Python client spends: read the rows, ask over aiohttp, score, write a line a sample; nothing else.

``floor.py chat|ranked DATA URL CONNECTIONS OUT`` prints the score.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import made
import orjson
import played

_ANSWER = re.compile(r"answer is \(?([A-J])\)?")
_Exchange = tuple[bytes, Callable[[dict[str, Any]], None]]


def chat(rows: list[dict[str, Any]], write: Callable[[dict[str, Any]], None]) -> Iterator[_Exchange]:
    """Yield each body, and what reads the reply to it."""
    for row in rows:
        prompt = made.chat_prompt(row)
        form = {"model": "made", "messages": [{"role": "user", "content": prompt}], "max_tokens": 64, "temperature": 0}

        def read(reply: dict[str, Any], row: dict[str, Any] = row, prompt: str = prompt) -> None:
            text = reply["choices"][0]["message"]["content"]
            found = _ANSWER.search(text)
            right = found is not None and found[1] == played.LETTERS[row["answer"]]
            write({"id": row["id"], "prompt": prompt, "reply": text, "letter": found and found[1], "score": right})

        yield orjson.dumps(form), read


def ranked(
    rows: list[dict[str, Any]], shots: list[dict[str, Any]], write: Callable[[dict[str, Any]], None]
) -> Iterator[_Exchange]:
    """Yield one body a question, with all its choices."""
    before = made.shots_prompt(shots)
    for row in rows:
        context = before + made.ranked_prompt(row)
        prompts = [f"{context} {choice}" for choice in row["choices"]]
        form = {"model": "made", "prompt": prompts, "max_tokens": 0, "temperature": 0, "echo": True, "logprobs": 1}

        def read(reply: dict[str, Any], row: dict[str, Any] = row, context: str = context) -> None:
            sums = []
            for choice in reply["choices"]:
                details = choice["logprobs"]
                start = details["text_offset"].index(len(context))
                sums.append(sum(details["token_logprobs"][start:]))
            right = sums.index(max(sums)) == row["answer"]
            write({"id": row["id"], "prompt": context, "scores": sums, "score": right})

        yield orjson.dumps(form), read


async def ask(exchanges: Iterator[_Exchange], url: str, connections: int) -> None:
    """Ask everything, so many at once."""
    headers = {"content-type": "application/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections), headers=headers) as session:

        async def work() -> None:
            for body, read in exchanges:
                async with session.post(url, data=body) as reply:
                    read(orjson.loads(await reply.read()))

        await asyncio.gather(*(work() for _ in range(connections)))


def main(kind: str, data: str, url: str, connections: str, out: str) -> None:
    path = Path(data)
    rows = [orjson.loads(line) for line in path.open("rb")]
    right = 0
    with Path(out).open("w") as file:

        def write(sample: dict[str, Any]) -> None:
            nonlocal right
            right += sample["score"]
            file.write(json.dumps(sample) + "\n")

        if kind == "chat":
            exchanges = chat(rows, write)
        else:
            shots = [orjson.loads(line) for line in path.with_name(f"{path.stem}-shots.jsonl").open("rb")]
            exchanges = ranked(rows, shots, write)
        asyncio.run(
            ask(exchanges, f"{url}/{'chat/completions' if kind == 'chat' else 'completions'}", int(connections))
        )
    print(right / len(rows))


if __name__ == "__main__":
    main(*sys.argv[1:])
