"""Why PostgreSQL refuses, in the words that people read: the name of each rule of hand-written SQL, and its sentence.

An area says `refuses(name="Sentence.")` beside its rule, and its SQL calls `console.refuse(code, name, id)`: the error
bears the name as its CONSTRAINT and the sentence as its HINT, for the console and for people in psql alike. `{}` in a
sentence is what the refusal is about. The guards that are generated bring theirs (policies/core/sql/guards.py).
"""

from collections.abc import Iterator

from policies.core.declarations import Misdeclared
from policies.core.sql.clauses import DEFINER, listing

REFUSALS = {}       # name of the rule → its sentence


def refuses(**sentences: str) -> None:
    """Declare the sentence of each rule, by its name."""
    if twice := sorted(set(sentences) & set(REFUSALS)):
        raise Misdeclared(f"the refusal {twice[0]} is declared twice; give one another name")
    REFUSALS.update(sentences)


REFUSE = f"""CREATE OR REPLACE FUNCTION console.refuse(code text, rule text, id bigint, sentence text DEFAULT NULL,
    about text DEFAULT '') RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
BEGIN
  RAISE EXCEPTION '% refused on row %', rule, id USING ERRCODE = code, CONSTRAINT = rule, HINT = replace(
    coalesce(sentence, (SELECT r.sentence FROM console.refusals() r WHERE r.rule = refuse.rule)), '{{}}', about);
END $$;"""


def statements() -> Iterator[str]:
    """SQL of console.refusals(), which gives the sentence of each rule, and of console.refuse(), which raises."""
    rows = listing(REFUSALS.items(), ",\n    ")
    yield ("CREATE OR REPLACE FUNCTION console.refusals() RETURNS TABLE (rule text, sentence text)\n"
           f"  LANGUAGE sql IMMUTABLE AS $$ VALUES\n    {rows}\n$$;")
    yield REFUSE


refuses(
    move_not_declared="El procedimiento no permite ese cambio de estado ahora; actualice la página.",
    place_not_asked="Este documento no pide firma de su cargo; lo devuelve o lo rechaza quien lo firma.",
    content_frozen="Lo enviado, firmado o cerrado ya no se cambia; pida que se devuelva o inicie un documento nuevo.",
    part_of_another="Esta parte pertenece a su documento y no pasa a otro; agréguela de nuevo donde corresponda.",
    part_frozen="El documento ya no está en preparación y sus partes no cambian; pida que se devuelva o inicie otro.",
    only_grows="Lo que aquí se registra solo se agrega: no se cambia ni se borra.",
    folio_unused="Se tomó un folio que ningún documento lleva; nada se guardó. Envíe de nuevo.",
    signature_lent="Su firma está delegada en estas fechas y decide quien la recibió; para decidir usted, pida a "
                   "Informática que deje antes sin efecto la delegación.",
    password_handed="Su contraseña se la entregó Informática y usted todavía no la cambia; cámbiela en «Contraseña» y "
                    "decida después.",
    revision_kept="El número de revisión lo pone la consola cuando el documento se devuelve; actualice la página.",
    decision_without_reason="Escriba el motivo de su decisión y envíe de nuevo.",
    reason_kept="El motivo queda como lo escribió quien decidió; ya no se cambia.",
    signatures_missing="Faltan firmas sobre exactamente este contenido; no puede aplicarse.",
    no_signing_rule="Ningún nivel de firma autorizado cubre este importe; pida a la Dirección de Comercialización que "
                    "lo autorice y envíe de nuevo.",
    signature_kept="Una firma puesta no se cambia ni se borra.",
    place_closed="Esta revisión ya no espera firma; actualice la página.",
    place_of_another="Esa firma corresponde a otro cargo; actualice la página.",
    signer_prepared="Quien elaboró esta revisión no la firma; corresponde a otra persona.",
    signature_before="Falta una firma anterior en el orden; espere a que se ponga.",
    content_changed="El contenido cambió desde que usted lo vio; revíselo y decida de nuevo.",
    sources_changed="Cambió la tarifa o algún otro dato con que se calculó; calcule de nuevo o, si ya se envió, pida "
                    "que se devuelva para calcularlo.",
    file_kept="Un archivo agregado no se cambia; elimínelo y agregue el correcto.",
    files_frozen="El documento ya no está en preparación y sus archivos no cambian; pida que se devuelva.",
    import_undone="Esa importación ya se deshizo; actualice la página.",
    import_numbered="Los registros de la importación ya tienen folio, y un folio no se borra; retírelos uno por uno.",
    import_in_use="Algún registro de la importación ya se editó o ya se usa; nada se borró.",
    term_without_rule="El plazo «{}» no tiene una regla vigente ese día; pida a Informática que la proponga en "
                      "«Plazos» y a quien es Titular de la Unidad que la autorice.",
    letter_missing="El paso deja una carta a quien corresponde y aquí no la dejó; nada se guardó.",
    decision_alone="Confirmar o dejar sin efecto un cargo no cambia ningún otro de sus datos; actualice la página.",
    confirms_own_office="Quien registra un cargo, lo presta o lo recibe no lo confirma; corresponde a otra persona: "
                        "Titular de la Unidad o Contraloría.",
    office_from_past="La fecha «desde» ya pasó; un cargo se da de hoy en adelante.",
    confirmed_only_shortened="Lo confirmado solo se acorta, con término de hoy en adelante; para más días, otro cargo "
                             "u otra persona registre uno nuevo, que otra persona confirmará.")
