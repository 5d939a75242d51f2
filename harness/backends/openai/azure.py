"""Azure OpenAI: the address of a deployment, and the header that opens it.

Two forms of address are in use. The newer one needs nothing special::

    --base-url https://NAME.openai.azure.com/openai/v1

The older one names the deployment and a version of the interface; ``azure_deployment`` makes it::

    -M azure_deployment=gpt-4o -M api_version=2024-10-21

Either way the key comes from ``AZURE_OPENAI_API_KEY``, and goes into the header ``api-key``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import quote

from harness.backends.http.address import KEY_HEADERS, Address
from harness.errors import BackendError

_SUFFIXES = (".azure.com", ".azure.us", ".azure.cn")


def deployment_url(base_url: str | None, deployment: str, version: str | None) -> str:
    """Return the base URL of a deployment.

    Args:
        base_url: the resource, such as ``https://NAME.openai.azure.com``; by default ``AZURE_OPENAI_ENDPOINT``.
        deployment: its name.
        version: of the interface, such as ``2024-10-21``; by default ``OPENAI_API_VERSION``.

    Raises:
        BackendError: the resource or the version is not known.
    """
    resource = base_url or os.environ.get("AZURE_OPENAI_ENDPOINT", "")
    if not resource:
        raise BackendError(
            "azure_deployment needs the resource: set AZURE_OPENAI_ENDPOINT or --base-url https://NAME.openai.azure.com"
        )
    version = version or os.environ.get("OPENAI_API_VERSION", "")
    if not version:
        raise BackendError("azure_deployment needs the interface's version: -M api_version=2024-10-21")
    path = f"/openai/deployments/{quote(deployment, safe='')}"
    return f"{resource.rstrip('/').removesuffix('/openai')}{path}?api-version={quote(version, safe='')}"


def with_key(address: Address, headers: Mapping[str, str], deployment: str | None) -> dict[str, str]:
    """Return the headers with Azure's key added, where the address is Azure's and no other key was given."""
    azure = deployment is not None or address.host.lower().endswith(_SUFFIXES)
    key = os.environ.get("AZURE_OPENAI_API_KEY", "").strip()
    if not azure or not key or any(name.lower() in KEY_HEADERS for name in headers):
        return dict(headers)
    return {**headers, "api-key": key}
