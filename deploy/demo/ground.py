"""Municipalities, supply zones and colonias of the demonstration, kept by the administrator."""

from datetime import date

from sqlalchemy import select

from deploy.demo.names import colonias
from deploy.demo.people import actor
from deploy.demo.seed import pick
from models import db
from models.organization import Municipality, Neighborhood, SupplyZone
from policies import speaks

MUNICIPALITIES = (("San Luis Potosí", date(1996, 8, 20)),
                  ("Soledad de Graciano Sánchez", date(1996, 8, 20)),
                  ("Cerro de San Pedro", date(2000, 3, 13)))
ZONES, PER_ZONE = 60, 2     # 60 supply zones of two colonias each
UP_TO = (42, 56, 60)        # the zones of each municipality end here
SOURCES = ("pozo", "pozo", "El Realito", "San José", "mixta")


def load(app):
    """Add the municipalities, the supply zones and the colonias."""
    with speaks(db.session, actor("sistemas"), "demo") as session:
        places = [Municipality(name=name, valid_from=since) for name, since in MUNICIPALITIES]
        session.add_all(places)
        session.flush()
        for zone in range(ZONES):
            session.add_all(zone_and_colonias(zone, places[municipality_of(zone)].id))
        session.commit()


def municipality_of(zone):
    """The position of the municipality in which the n-th zone is."""
    return next(place for place, end in enumerate(UP_TO) if zone < end)


def zone_and_colonias(zone, municipality_id):
    """A supply zone and its colonias."""
    names = colonias()[zone * PER_ZONE:(zone + 1) * PER_ZONE]
    yield SupplyZone(code=f"Z{zone + 1:02d}", name=f"Sector {names[0]}",
                     municipality_id=municipality_id, source=pick(SOURCES, "zone", zone))
    for name in names:
        yield Neighborhood(name=name, municipality_id=municipality_id)


def places(session):
    """(neighbourhood id, zone id, zone number) for each colonia, in the order of colonias()."""
    zones = {zone.code: zone.id for zone in session.scalars(select(SupplyZone))}
    ids = {place.name: place.id for place in session.scalars(select(Neighborhood))}
    return [(ids[name], zones[f"Z{row // PER_ZONE + 1:02d}"], row // PER_ZONE + 1)
            for row, name in enumerate(colonias())]
