"""Lists: order, columns, density, what an empty one says."""


def test_every_list_opens(office):
    client = office.client("staff")
    for path in ("/cuentas/", "/recibos/", "/correcciones/", "/notas/", "/personas/"):
        assert client.get(path).status_code == 200
