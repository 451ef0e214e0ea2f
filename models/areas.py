"""The areas of the console: what each room holds of them is found by their names.

An area is a module or a folder of its name in `models/`, `policies/` and `admin_views/`; one that needs no tables, no
rules or no screens of its own has none there. A folder says in its `__init__` which of its modules declare: PARTS.
"""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

# In the order in which screens stand in the menu, and acts are offered on a record.
AREAS = ("tariffs", "customers", "meters", "billing", "corrections", "batches", "fiscal", "replays", "procedures",
         "catalogues", "bands", "organization", "deadlines", "notices", "people", "exclusions", "imports", "exports",
         "mails", "trail")


def modules(room: str) -> list[ModuleType]:
    """What the areas declare in that room (models, policies or admin_views), imported in their order."""
    found = []
    for area in AREAS:
        name = f"{room}.{area}"
        if find_spec(name):
            whole = import_module(name)
            parts = getattr(whole, "PARTS", ())
            found += [import_module(f"{name}.{part}") for part in parts] if parts else [whole]
    return found
