"""llama.cpp's vocabulary and chat template, in the form that the encoder takes: a few methods of transformers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.backends.llamacpp.header import Header
from harness.backends.llamacpp.server import Server


class ServerTokenizer:
    """Tokenises and renders as llama.cpp does.

    Special tokens that are written out in a text become these tokens, as in transformers. Before a rendered
    conversation stands the BOS token where the GGUF file asks for it before any text.

    Args:
        server: the loaded model.
        header: what its file says.
    """

    def __init__(self, server: Server, header: Header) -> None:
        self._server = server
        self.bos_token_id = header.bos
        self.eos_token_id = header.eos
        lead = self._ids("", special=True)[:1]
        self._opening = self.decode(lead) if lead and lead[0] == header.bos else ""

    def __call__(self, text: str | Sequence[str], *, add_special_tokens: bool, **_: Any) -> dict[str, Any]:
        """Return ``input_ids`` of a text, or of each text."""
        if isinstance(text, str):
            return {"input_ids": self._ids(text, special=add_special_tokens)}
        return {"input_ids": [self._ids(one, special=add_special_tokens) for one in text]}

    def decode(self, ids: Sequence[int], **_: Any) -> str:
        """Return the text of token ids, special tokens included."""
        return str(self._server.post("/detokenize", {"tokens": list(ids)})["content"]) if ids else ""

    def apply_chat_template(self, turns: Sequence[Mapping[str, str]], **_: Any) -> str:
        """Return a conversation as text, up to where the assistant's reply begins."""
        # llama.cpp takes a BOS token off what a template wrote when it would put one there by itself.
        return self._opening + str(self._server.post("/apply-template", {"messages": list(turns)})["prompt"])

    def _ids(self, text: str, *, special: bool) -> list[int]:
        return list(self._server.post("/tokenize", {"content": text, "add_special": special})["tokens"])
