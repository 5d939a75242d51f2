"""Files from the web: fetched once, kept, never half-written."""

from __future__ import annotations

import hashlib
import http.client
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from harness.data.missing import MissingDataError
from harness.errors import DataError, one_line
from harness.folders import cache_folder

MAX_BYTES = 2 * 2**30  # of one file
TIMEOUT = 30.0  # seconds without a byte
_CHUNK = 2**20
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def downloads_folder() -> Path:
    """Return where files from the web are kept: below ``HARNESS_CACHE``, else below the user's cache folder."""
    return cache_folder() / "downloads"


def download(url: str, *, offline: bool = False) -> Path:
    """Return the local copy of a file on the web, fetching it when there is none.

    A copy is used for ever: deleting it is how a changed file is fetched again.

    Raises:
        DataError: the address is not https (plain http is taken from this machine only), or the file is too large.
        MissingDataError: it cannot be fetched.
    """
    _check_address(url)
    name = Path(unquote(urlsplit(url).path)).name[-100:] or "file"
    folder = downloads_folder() / hashlib.sha256(url.encode()).hexdigest()[:20]
    target = folder / name
    if target.is_file():
        return target
    if offline:
        raise MissingDataError(f"{url}: was never downloaded, and this run is offline")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".part-", delete=False) as partial:
            part = Path(partial.name)
            try:
                _fetch(url, partial)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        part.replace(target)  # all or nothing, also when two runs fetch it at the same time
    except urllib.error.HTTPError as error:
        raise MissingDataError(f"{url}: the server answers {error.code} {error.reason}") from None
    except (OSError, http.client.HTTPException) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise MissingDataError(f"{url}: cannot be fetched: {one_line(OSError(reason))}") from None
    return target


def downloaded_on(path: Path) -> str:
    """Return the day on which a local copy was made, as ``2026-01-31``."""
    return time.strftime("%Y-%m-%d", time.gmtime(path.stat().st_mtime))


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        _check_address(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise DataError(f"{url}: rows are fetched over https:// or hf:// only")


def _fetch(url: str, out: IO[bytes]) -> None:
    opener = urllib.request.build_opener(_SafeRedirects)
    request = urllib.request.Request(url, headers={"User-Agent": "multitask-harness"})  # noqa: S310 (checked above)
    with opener.open(request, timeout=TIMEOUT) as response:
        expected = response.headers.get("Content-Length")
        size = 0
        while chunk := response.read(_CHUNK):
            size += len(chunk)
            if size > MAX_BYTES:
                raise DataError(
                    f"{url}: is larger than {MAX_BYTES / 2**30:g} GiB; download it yourself and name the file"
                )
            out.write(chunk)
        if expected is not None and expected.isdigit() and size < int(expected):
            raise OSError(f"the connection ended after {size:,} of {int(expected):,} bytes")
