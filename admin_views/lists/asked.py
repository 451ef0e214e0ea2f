"""What the address of a list asks of it."""

from dataclasses import dataclass, replace

from admin_views.lists.filters import Condition, pairs_of
from policies.core.trays import Tray


@dataclass(frozen=True)
class Asked:
    """What an address asks of a list, understood; `pairs` says it again."""

    search: str = ""
    sort: str = ""
    tray: Tray | None = None    # only the rows that wait in it for this office
    groups: tuple = ()
    columns: tuple = ()      # chosen in the address; empty: those of the person or the screen
    dense: bool = False
    lost: tuple = ()         # sentences about what was asked in vain
    step: object = None      # the FirstStep that gives what a very long list left out

    def pairs(self, terms: dict | tuple = ()) -> list[tuple[str, str]]:
        """(name, text) pairs of this list's address, with some words of it replaced."""
        said = {"q": self.search, "bandeja": self.tray_name, "orden": self.sort, "columnas": ",".join(self.columns),
                "densidad": "junta" if self.dense else ""} | dict(terms)
        return pairs_of(self.groups) + [(name, word) for name, word in said.items() if word]

    @property
    def tray_name(self) -> str:
        """What an address calls the tray; empty without one."""
        return self.tray.key if self.tray else ""

    def without(self, condition: Condition, place: int) -> "Asked":
        """The same list without that condition of that group."""
        groups = [tuple(c for c in group if number != place or c is not condition)
                  for number, group in enumerate(self.groups)]
        return replace(self, groups=tuple(group for group in groups if group))
