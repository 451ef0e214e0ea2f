"""Names of people, businesses, streets and colonias: plausible in San Luis Potosí, invented."""

from deploy.demo.seed import draw, pick

WOMEN = ("María Guadalupe", "Ana Sofía", "Rosa Elena", "Martha Leticia", "Begoña", "Verónica",
         "Concepción", "Lucía", "María del Rocío", "Itzel", "Ximena", "Graciela", "Inés",
         "Josefina", "Alma Delia", "Norma Angélica", "Silvia", "Teresa de Jesús", "Araceli",
         "Ma. del Carmen", "Yolanda", "Érika", "Paulina", "Noemí")
MEN = ("José Ángel", "Juan Manuel", "Martín", "Francisco Javier", "Raúl", "Jesús", "Iñaki",
       "Héctor", "Luis Fernando", "Óscar", "Rubén", "Ramón", "Sebastián", "Tomás", "Andrés",
       "Álvaro", "Miguel Ángel", "J. Guadalupe", "Gerardo", "Arturo", "Efraín", "Adrián",
       "Nicolás", "Ulises")
SURNAMES = ("Núñez", "Muñoz", "Peña", "Ávila", "Zúñiga", "Ibáñez", "Rangel", "Loredo", "Castañeda",
            "Martínez", "Hernández", "Rodríguez", "García", "López", "Torres", "Rivera", "Medina",
            "Segovia", "Saldaña", "Acuña", "Briseño", "Cedillo", "Galván", "Gaitán", "Jasso",
            "Juárez", "Compeán", "Faz", "Govea", "Leija", "Méndez", "Monsiváis", "Ojeda",
            "Ordóñez", "Palau", "Pérez", "Quibrera", "Ramírez", "Reyna", "Rocha", "Salazar",
            "Sánchez", "Tovar", "Turrubiartes", "Ugalde", "Vázquez", "Villalpando", "Zapata",
            "Zárate", "Treviño", "Castañón", "Balderas", "Bárcenas", "Cárdenas", "Esquivel",
            "Noyola", "Niño", "Olvera", "Yáñez", "Llanas")
TRADES = ("Abarrotes", "Tortillería", "Ferretería", "Lavandería", "Restaurante", "Estética",
          "Panadería", "Autolavado", "Farmacia", "Papelería", "Carnicería", "Fonda", "Purificadora")
SIGNS = ("La Esperanza", "El Porvenir", "La Huasteca", "Doña Chole", "El Tunal", "Los Compadres",
         "La Potosina", "El Sauz", "Santa Clara", "Don Chema", "La Cañada", "El Encino",
         "Las Tres Hermanas", "El Buen Gusto", "La Purísima", "El Niño Perdido")
WORKS = ("Manufacturas", "Fundición", "Maquinados", "Empaques", "Textiles", "Alimentos", "Plásticos")
OWNERS = ("del Altiplano", "Peñasco", "del Tangamanga Sur", "Cerro Alto", "La Cantera", "Muñoz Hnos.")
SCHOOLS = ("Escuela Primaria Vespertina", "Jardín de Niños", "Centro de Salud", "Unidad Deportiva",
           "Biblioteca Pública", "Casa de Cultura", "Mercado Municipal")
ROADS = ("Calle", "Calle", "Calle", "Avenida", "Privada", "Andador", "Cerrada")
STREETS = ("Jacarandas", "del Mezquite", "Huizaches", "de la Biznaga", "Garambullo", "Pirules",
           "Niño Jesús", "Piedra Bola", "Cantera Rosa", "Río Seco", "Ojo de Agua", "La Noria",
           "Sierra Gorda", "Altiplano", "Peñón Blanco", "Cañada Verde", "Capulines", "Fresnos",
           "Tejedores", "Canteros", "Alfareros", "Rebozo", "Trojes", "Chilca", "Zarzamora",
           "Montaña", "Peña Colorada", "Señorío", "Otoño", "Cardón", "Nopalera", "Luna Llena")
HEADS = ("Lomas", "Jardines", "Rincón", "Villas", "Praderas", "Fuentes", "Colinas", "Prados", "Real")
TAILS = ("del Mezquite", "del Huizache", "de San Marcial", "del Encino", "de la Biznaga",
         "del Capulín", "del Venado", "de Santa Brígida", "del Sauz", "de la Cañada")
PLAIN = ("Centro", "San Isidro", "Las Palmas", "El Refugio", "La Loma", "Santa Cecilia", "Obrera",
         "Industrial", "Las Águilas", "Los Nogales", "El Paraíso", "La Ermita", "San Telésforo",
         "Las Peñas", "Los Alfareros", "El Aguaje Chico", "La Noria", "Santa Mónica", "Ferroviaria",
         "Los Tejedores", "El Manantial", "La Moraleda", "San Cayetano", "Las Cumbres", "Españita",
         "La Ladrillera", "El Saucedal", "Los Canteros", "San Lázaro", "El Rosario")


def person(row):
    """A holder: one or two given names, and two surnames."""
    given = pick(WOMEN if draw(100, row, "gender") < 54 else MEN, row, "given")
    return f"{given} {pick(SURNAMES, row, 'first')} {pick(SURNAMES, row, 'second')}"


def business(row):
    """The name of a shop."""
    return f"{pick(TRADES, row, 'trade')} {pick(SIGNS, row, 'sign')}"


def factory(row):
    """The name of a factory."""
    return f"{pick(WORKS, row, 'works')} {pick(OWNERS, row, 'owner')}, S.A. de C.V."


def institution(row):
    """The name of a public institution."""
    return f"{pick(SCHOOLS, row, 'school')} núm. {1 + draw(80, row, 'number')}"


def address(row):
    """A street and a number."""
    return f"{pick(ROADS, row, 'road')} {pick(STREETS, row, 'street')} {100 + draw(900, row, 'door')}"


def colonias():
    """120 names, the plain ones spread among the others."""
    made = [f"{head} {tail}" for tail in TAILS for head in HEADS]
    for place, name in enumerate(PLAIN):
        made.insert(place * 4, name)
    return made
