"""The flows of spaces, as routes ask for them: kept sealed, shown without their secrets."""

from __future__ import annotations

from typing import cast

from inbox_tui.core.errors import Refused
from inbox_tui.core.flows.document import Flows
from inbox_tui.core.flows.masking import masked, unmasked
from inbox_tui.hub.master import KeyFileProblem, MasterKey, SealedElsewhere
from inbox_tui.hub.readers import Readers
from inbox_tui.hub.store import reads
from inbox_tui.hub.verbs.flows import ChangeFlows
from inbox_tui.hub.writer import Writer


class FlowRules:
    """Raises Refused as `Service` does, and 503 `key_file` where what is kept cannot be read or written safely."""

    def __init__(self, writer: Writer, readers: Readers, master: MasterKey) -> None:
        self._writer, self._readers, self._master = writer, readers, master

    async def shown(self, space: str) -> tuple[int, Flows]:
        """The version (0: there are none) and the document with MASK in place of every secret."""
        version, flows = await self._kept(space)
        return version, masked(flows)

    async def change(self, space: str, flows: Flows, *, by: str, seen: int | None = None) -> int:
        """Answers the new version. What is shown as MASK stays as it was. 409 `changed` where `seen` is not the present version;
        422 for a MASK that stands for nothing."""
        version, kept = await self._kept(space)
        if seen is not None and seen != version:
            raise Refused(409, "The flows have been changed meanwhile: read them again.", code="changed")
        try:
            sealed = self._master.seal(unmasked(flows, kept).model_dump_json())
        except KeyFileProblem as problem:
            raise Refused(503, str(problem), code="key_file") from problem
        return cast(int, await self._writer.submit(space, ChangeFlows(sealed, by, version)))

    async def _kept(self, space: str) -> tuple[int, Flows]:
        version, sealed = await self._readers.read(lambda connection: reads.flows(connection, space))
        try:
            return version, Flows.model_validate_json(self._master.unseal(sealed)) if version else Flows()
        except (KeyFileProblem, SealedElsewhere) as problem:
            raise Refused(503, str(problem), code="key_file") from problem
