"""Who calls, and what that caller may do: by the socket that the call came by, else by its key.

A role is a fact about the way in. `send` posts and reads what became of its own posts; `operate` does the rest, and posts
nothing, so that an asker cannot answer itself and a person's key cannot be used to speak as a sender.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_address
from typing import Literal

from starlette.requests import HTTPConnection, Request

from inbox_tui.core.errors import Refused
from inbox_tui.hub.problems import origin
from inbox_tui.hub.service import Sender, Service
from inbox_tui.hub.settings import Settings
from inbox_tui.hub.tokens import StreamTokens

Role = Literal["send", "operate"]


class Door(Enum):
    """How an endpoint lets callers in."""

    OPEN = "anybody"
    KEYS = "a key of one of its roles, or that role's socket"
    WEBHOOK = "the token in the path and its secret in X-NOTILENS-KEY"
    STREAM = "as KEYS, or a stream token"
    LINK = "as KEYS, or a link that the hub signed"
    MACHINE = "the operate socket only"


@dataclass(frozen=True, slots=True)
class Caller:
    """`key_text` is empty on local sockets and for tokens; it is kept only to ask again whether the key is still good.
    `expires_at` (microseconds) is a stream token's."""

    role: Role
    name: str
    space: str
    key_id: str = ""
    key_text: str = ""
    may_permit_on_timeout: bool = False
    expires_at: int | None = None

    @property
    def sender(self) -> Sender:
        return Sender(self.name, self.key_id, self.may_permit_on_timeout)


class Access:
    def __init__(self, service: Service, settings: Settings, tokens: StreamTokens) -> None:
        self._service, self._settings, self._tokens = service, settings, tokens

    async def caller(self, request: Request, door: Door, roles: frozenset[Role]) -> Caller:
        """The caller, let in. Raises Refused: 401 without a good key, 403 in the wrong role or by the wrong way."""
        if door is Door.MACHINE and not self.is_operate_socket(request):
            raise Refused(
                403, "Only on the hub's own machine: keys and spaces are made and the hub is stopped there.", code="forbidden"
            )
        caller = self._by_socket(request) or await self._by_key(request, door)
        if roles and caller.role not in roles:
            raise Refused(403, f"The role {caller.role} may not do this.", code="forbidden")
        return caller

    async def still_good(self, caller: Caller) -> bool:
        """Whether a caller's key has not been revoked since, nor its token expired."""
        if caller.expires_at is not None and not self._tokens.is_current(caller.expires_at):
            return False
        if caller.key_text:
            return await self._service.authenticate(caller.key_text) is not None
        return not caller.key_id or await self._is_kept(caller.space, caller.key_id)

    async def _is_kept(self, space: str, key_id: str) -> bool:
        return any(key.id == key_id for key in await self._service.list_keys(space))

    def is_operate_socket(self, request: Request) -> bool:
        return way_in(request) == self._settings.operate_socket != ""

    def _by_socket(self, request: Request) -> Caller | None:
        way = way_in(request)
        if way and way == self._settings.operate_socket:
            return Caller("operate", self._settings.operator, self._settings.space)
        if way and way == self._settings.send_socket:
            return Caller("send", "local", self._settings.space)
        return None

    async def _by_key(self, request: Request, door: Door) -> Caller:
        if door is Door.WEBHOOK:
            key_text = f"ik_{request.path_params['token']}_{request.headers.get('x-notilens-key', '').strip()}"
        else:
            key_text = given_key(request)
        if not key_text and door is Door.STREAM and (token := request.query_params.get("token")):
            return await self._by_token(token)
        if not key_text and door is Door.LINK and (link := request.query_params.get("link")):
            return await self._by_link(link, request)
        if not key_text:
            raise Refused(401, "A key is needed: Authorization: Bearer, or X-API-Key.", code="unauthorized")
        identity = await self._service.authenticate(key_text)
        if identity is None:
            raise Refused(401, "The key is wrong or has been revoked.", code="unauthorized")
        return Caller(identity.role, identity.name, identity.space, identity.id, key_text, identity.allow_timeout_approve)

    async def _by_token(self, token: str) -> Caller:
        grant = self._tokens.read(token)
        if grant is not None:
            caller = Caller("operate", grant.name, grant.space, grant.key_id, expires_at=grant.expires_at)
            if await self.still_good(caller):
                return caller
        raise Refused(401, "The stream token is wrong or has expired.", code="unauthorized")

    async def _by_link(self, link: str, request: Request) -> Caller:
        space = await self._service.media.space_of(link, request.path_params["id"], request.path_params["name"])
        if space is None:
            raise Refused(401, "The link is wrong or has ended: the inbox opens the file with its own key.", code="unauthorized")
        return Caller("send", "", space)


def way_in(request: HTTPConnection) -> str:
    """The path of the Unix socket that the call came by; "" over TCP."""
    host, port = request.scope.get("server") or ("", None)
    return str(host) if port is None else ""


def base_url(request: HTTPConnection, settings: Settings) -> str:
    """Where other readers find this hub: as the configuration says; else by the host that this caller asked, or where it came by
    a local socket, at the hub's own address."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    if way_in(request) and settings.listen:
        return f"http://{settings.listen.replace('0.0.0.0', '127.0.0.1')}"
    return origin(request)


def given_key(request: Request) -> str:
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    return request.headers.get("x-api-key", "").strip()


def is_allowed_host(header: str, settings: Settings) -> bool:
    """Whether a Host header names this hub; the port does not matter."""
    host = header.strip().lower()
    host = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    host = host.rstrip(".")
    return host in settings.allowed_hosts or (settings.any_address and _is_address(host))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
