"""Reasoning that models write before their answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.scoring.parsers.base import ParseContext, Parsed, Parser, parser

_TAG = re.compile(
    r"<(?P<close>/?)(?:think|thinking|thought|reasoning)>|<\|(?P<word>begin|end)_of_thought\|>|\[(?P<slash>/?)THINK\]",
    re.IGNORECASE,
)


@parser("thinking")
@dataclass(frozen=True)
class Thinking(Parser):
    """Remove what a model wrote between thinking tags.

    Removed are ``<think>…</think>`` (also ``thinking``, ``thought``, ``reasoning``), ``[THINK]…[/THINK]`` and
    ``<|begin_of_thought|>…<|end_of_thought|>``. Where only the closing tag is there (the prompt held the opening one),
    what follows it is kept. Thinking that never ends left no answer: unparsed, rule ``truncated_thinking``.
    """

    def parse(self, text: str, context: ParseContext) -> Parsed | str:
        """Return the text without the thinking."""
        if "<" not in text and "[" not in text:  # searching every reply for tags costs more than all else here
            return text
        kept: list[str] = []
        depth = position = 0
        for tag in _TAG.finditer(text):
            closes = bool(tag["close"] or tag["slash"]) or (tag["word"] or "").lower() == "end"
            if closes:
                if depth == 0:
                    kept.clear()  # its opening tag was in the prompt, so all that came before is thinking
                depth = max(0, depth - 1)
                position = tag.end() if depth == 0 else position
            else:
                if depth == 0:
                    kept.append(text[position : tag.start()])
                depth += 1
        if depth:
            return Parsed(None, "truncated_thinking")
        if position == 0:
            return text
        kept.append(text[position:])
        return "".join(kept).strip()
