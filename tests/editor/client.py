"""A client of the language server protocol, as little as a test needs."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

PATIENCE = 60
SETTINGS = {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}
Message = dict[str, Any]


class Editor:
    """Talks to yaml-language-server as an editor does."""

    def __init__(self, packages: Path, root: Path) -> None:
        program = packages / "yaml-language-server" / "bin" / "yaml-language-server"
        self.server = subprocess.Popen(
            ["node", str(program), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.root, self.count = root, 0
        self.problems: dict[str, list[Message]] = {}
        self.versions: dict[str, int] = {}

    def __enter__(self) -> Self:
        capabilities = {"workspace": {"configuration": True}, "textDocument": {"completion": {}, "hover": {}}}
        self.ask("initialize", {"processId": None, "rootUri": self.root.as_uri(), "capabilities": capabilities})
        self.tell("initialized", {})
        self.tell("workspace/didChangeConfiguration", {"settings": {"yaml": SETTINGS}})
        return self

    def __exit__(self, *_: object) -> None:
        self.server.kill()
        self.server.wait()
        for stream in (self.server.stdin, self.server.stdout):
            assert stream is not None
            stream.close()

    def open(self, path: Path, text: str) -> list[Message]:
        """Show a text to the server under a path; return what it marks."""
        uri = path.as_uri()
        self.problems.pop(uri, None)
        version = self.versions[uri] = self.versions.get(uri, 0) + 1
        document = {"uri": uri, "version": version}
        if version == 1:
            self.tell("textDocument/didOpen", {"textDocument": {**document, "languageId": "yaml", "text": text}})
        else:
            self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
        self._until(lambda: uri in self.problems)
        return self.problems[uri]

    def hover(self, path: Path, text: str, word: str) -> str:
        """Return what is shown where the pointer rests on a word."""
        answer = self.ask("textDocument/hover", {"textDocument": {"uri": path.as_uri()}, "position": _place(text, text.index(word) + 1)})
        return str(answer["contents"]["value"]) if answer else ""

    def complete(self, path: Path, text: str, behind: str) -> list[str]:
        """Return what is offered behind a text."""
        place = _place(text, text.index(behind) + len(behind))
        answer = self.ask("textDocument/completion", {"textDocument": {"uri": path.as_uri()}, "position": place})
        return [item["label"] for item in answer["items"]]

    def ask(self, method: str, params: Message) -> Any:
        self.count += 1
        number = self.count
        self._send({"id": number, "method": method, "params": params})
        return self._until(lambda: None, number)

    def tell(self, method: str, params: Message) -> None:
        self._send({"method": method, "params": params})

    def _until(self, done: Callable[[], object], number: int = 0) -> Any:
        """Take messages until something is there, or the answer of that number has come."""
        end = time.monotonic() + PATIENCE
        while not done():
            assert time.monotonic() < end, "the language server says nothing"
            message = self._take()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            if message.get("method") == "textDocument/publishDiagnostics":
                self.problems[message["params"]["uri"]] = message["params"]["diagnostics"]
            elif "id" in message and "method" in message:
                items = message.get("params", {}).get("items", [])
                result = [SETTINGS if item.get("section") == "yaml" else None for item in items]
                self._send({"id": message["id"], "result": result if items else None})
        return None

    def _send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.server.stdin is not None
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.server.stdin.flush()

    def _take(self) -> Message:
        assert self.server.stdout is not None
        length = 0
        while line := self.server.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the language server has ended"
        found: Message = json.loads(self.server.stdout.read(length))
        return found


def _place(text: str, at: int) -> Message:
    return {"line": text.count("\n", 0, at), "character": at - (text.rfind("\n", 0, at) + 1)}
