"""The anomaly catalogue: every cause of correction, named as people at the counter say it."""

CAUSES = {
    "FUGA_OCULTA": ("Fuga oculta", "Fuga que no se ve, en tubería enterrada o empotrada, después "
                    "del medidor."),
    "FUGA_VISIBLE": ("Fuga visible", "Fuga a la vista del usuario: tinaco, sanitario, llave."),
    "CONSUMO_ATIPICO_ALTO": ("Consumo alto sin causa conocida", "El consumo sube mucho y no se "
                             "encuentra fuga ni error de lectura."),
    "LECTURA_ERRONEA": ("Lectura mal tomada", "La cifra capturada no es la que marca el medidor."),
    "CARGO_INDEBIDO": ("Cargo indebido", "El recibo cobra un concepto o un impuesto que no "
                       "corresponde."),
    "LECTURA_IMPOSIBLE": ("Medidor ilegible o sin acceso", "No se pudo leer el medidor y el consumo "
                          "se estimó."),
    "MEDIDOR_PARADO": ("Medidor parado", "El medidor no avanza y el consumo se estimó."),
    "TARIFA_CLASE_ERRONEA": ("Clase tarifaria equivocada", "El recibo usa la tarifa de otro uso."),
    "ALCANTARILLADO_NO_VERTIDO": ("Agua que no va al drenaje", "Se cobra alcantarillado por agua "
                                  "que no se vierte."),
    "MEDIDOR_RAPIDO": ("Medidor que marca de más", "La prueba del medidor da un error a favor del "
                       "organismo."),
    "MEDIDOR_DANADO_ROBADO": ("Medidor dañado o robado", "El medidor está roto o falta y el consumo "
                              "se estimó."),
    "PROMEDIO_ERRONEO": ("Promedio mal calculado", "El consumo se estimó con meses o cifras que no "
                         "correspondían."),
    "ESTIMADO_CON_LECTURA": ("Estimación con lectura posterior", "El recibo se estimó y una lectura real "
                             "tomada después muestra otro consumo."),
    "SERVICIO_NO_FACTURADO": ("Servicio no facturado", "Hubo servicio y no se cobró."),
    "MEDIDOR_LENTO": ("Medidor que marca de menos", "La prueba del medidor da un error a favor del "
                      "usuario."),
    "CUOTA_FIJA_VS_MEDIDA": ("Cuota fija con medidor", "La cuenta paga cuota fija y tiene medidor "
                             "que funciona."),
    "SERVICIO_NO_PRESTADO": ("Servicio no prestado", "Se cobró un periodo en que no hubo agua."),
    "DOBLE_COBRO": ("Doble cobro", "El mismo consumo o periodo se cobró dos veces."),
    "USO_CLANDESTINO": ("Uso clandestino", "Toma o derivación que no pasa por el medidor."),
    "LLENADO_ALBERCA": ("Llenado de alberca", "Consumo alto por llenar una alberca."),
    "CONSUMO_ATIPICO_BAJO": ("Consumo bajo sin causa conocida", "El consumo baja mucho sin que se "
                             "sepa por qué."),
    "MEDIDOR_CRUZADO": ("Medidores cruzados", "El medidor de una cuenta mide el agua de otra."),
    "MEDIDOR_INVERTIDO": ("Medidor invertido", "El medidor se instaló al revés y descuenta."),
    "ERROR_MASIVO": ("Error masivo", "Una falla del proceso afectó a muchas cuentas a la vez."),
    "REZAGO": ("Rezago", "Se cobran periodos anteriores que ya no proceden."),
    "PAGO_NO_APLICADO": ("Pago no aplicado", "El usuario pagó y el pago no llegó a su cuenta."),
    "PREDIO_DESHABITADO": ("Predio deshabitado", "Se cobra consumo estimado a un predio donde nadie "
                           "vive."),
}
