"""The offices of the console, by the words that the database keeps."""

from sqlalchemy import Enum

from models.base.columns import Words


class Role(Words):
    """The offices of the console. What each may do is in policies/."""

    STAFF = "staff", "Personal administrativo"
    UNIT_HEAD = "unit_head", "Titular de la Unidad de Atención Social"
    COMMERCIAL_DIRECTOR = "commercial_director", "Dirección de Comercialización"
    OPERATIONS_DIRECTOR = "operations_director", "Dirección de Operación y Mantenimiento"
    WORKS_DIRECTOR = "works_director", "Dirección de Planeación y Construcción"
    GENERAL_DIRECTOR = "general_director", "Dirección General"
    AUDITOR = "auditor", "Contraloría Interna y auditores"
    ADMINISTRATOR = "administrator", "Informática y Sistemas"


# The offices that one person at a time holds in his own right.
SINGLE_HOLDER = (Role.UNIT_HEAD, Role.COMMERCIAL_DIRECTOR, Role.OPERATIONS_DIRECTOR, Role.WORKS_DIRECTOR,
                 Role.GENERAL_DIRECTOR)


def role_type(name: str) -> Enum:
    """The type of a second column of offices in a table: its CHECK has a name of its own."""
    return Enum(Role, name=name, native_enum=False, create_constraint=True, length=40,
                values_callable=lambda words: [word.value for word in words])
