"""Which locations there are, who was retired, and who took over from whom."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from events import peers, sql
from events.heartbeat import Heartbeat

CODE, STATUS, HEIR = "CODE", "STATUS", "HEIR"
RETIRED = "retired"

LOCATIONS_SQL = """
SELECT parts::text FROM entities_entity AS definition
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(detail_code, value) AS parts FROM entities_entitydetail AS detail
    WHERE detail.entity_uid = definition.entity_uid AND detail.valid_to IS NULL
) AS current
WHERE definition.entity_type = 'LOCATION' AND definition.valid_to IS NULL AND parts IS NOT NULL
ORDER BY definition.entity_uid
"""


@dataclass(frozen=True, slots=True)
class Members:
    """`heard`: the last heartbeat of each; `heirs`: retired location -> who took over."""

    locations: frozenset[str]
    heard: Mapping[str, Heartbeat]
    heirs: Mapping[str, str]

    def answered_for_by(self, here: str) -> list[str]:
        """This location and all retired ones whose part it plays."""
        return sorted({here, *(gone for gone in self.heirs if self._heir_of(gone) == here)})

    def _heir_of(self, location_id: str) -> str:
        seen: set[str] = set()
        while location_id in self.heirs and location_id not in seen:
            seen.add(location_id)
            location_id = self.heirs[location_id]
        return location_id


def retired() -> list[str]:
    """The locations that left for good."""
    return sorted(members(here="").heirs)


def members(*, here: str) -> Members:
    """Those that were heard or defined, but for the retired ones, and always this one."""
    heard = {location_id: place.heartbeat for location_id, place in peers.known().items()}
    known = {here, *heard}
    heirs: dict[str, str] = {}
    for (parts,) in sql.fetch(LOCATIONS_SQL):
        said = orjson.loads(parts)
        location_id = str(said.get(CODE, ""))
        if said.get(STATUS) == RETIRED:
            known.discard(location_id)
            heirs[location_id] = str(said.get(HEIR, ""))
        elif location_id:
            known.add(location_id)
    return Members(frozenset(known | {here}), heard, heirs)
