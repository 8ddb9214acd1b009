"""The house's own import contract: some rooms of an app are nobody else's business."""

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class PrivateRooms(Contract):
    """No app imports another app's `rooms`; `composers` put apps together and may, what is `shared` is for all."""

    type_name = "private_rooms"

    rooms = fields.SetField(subfield=fields.StringField())
    composers = fields.SetField(subfield=fields.StringField())
    shared = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Every direct import, so that a new app or room needs no new line in the configuration."""
        broken = [
            (importer, imported)
            for importer in sorted(graph.modules)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if self._trespasses(importer, imported)
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line for each import that may not be."""
        broken: list[tuple[str, str]] = check.metadata["broken"]
        for importer, imported in broken:
            output.print_error(f"{importer} imports {imported}, which is private to its app.")

    def _trespasses(self, importer: str, imported: str) -> bool:
        own, (owner, *path) = importer.split(".")[0], imported.split(".")
        private = bool(path) and path[0] in _set(self.rooms) and not self._is_shared(imported)
        return private and own != owner and own not in _set(self.composers)

    def _is_shared(self, module: str) -> bool:
        return any(f"{module}.".startswith(f"{shared}.") for shared in _set(self.shared))


def _set(value: Any) -> set[str]:
    return set(value)
