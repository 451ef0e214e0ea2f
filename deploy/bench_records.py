"""The pages of one record that ask the most: a draft with figures, its form, a correction to be signed, an account."""

import psycopg

from deploy.statements import counted

# (what, the office's mailbox, where, which correction or account)
OF = "SELECT id FROM console.corrections WHERE state = '{}' AND amount <> 0 ORDER BY id LIMIT 1"
DRAFT, SENT = OF.format("draft"), OF.format("submitted")
ACCOUNT = "SELECT account_id FROM console.corrections WHERE state = 'applied' ORDER BY id LIMIT 1"
PAGES = (("un borrador con cifras", "personal", "/correcciones/{}/", DRAFT),
         ("el mismo, visto por contraloría", "auditoria", "/correcciones/{}/", DRAFT),
         ("su forma de captura", "personal", "/correcciones/{}/acto/calculate/", DRAFT),
         ("una corrección por firmar", "comercial", "/correcciones/{}/", SENT),
         ("una cuenta con correcciones", "personal", "/cuentas/{}/", ACCOUNT))
MOST, ROUNDS = 12, 5


def records(dsn, browser, milliseconds, say):
    """The best of several medians of each, for a machine that others use too; and its statements."""
    with psycopg.connect(dsn) as raw:
        addresses = [(what, mailbox, address.format(raw.execute(key).fetchone()[0]))
                     for what, mailbox, address, key in PAGES]
    clients = {mailbox: browser(mailbox) for mailbox in {mailbox for _, mailbox, _ in addresses}}
    for what, mailbox, address in addresses:
        client = clients[mailbox]
        assert client.get(address).status_code == 200, address
        with counted() as told:
            client.get(address)
        best = min(milliseconds(lambda client=client, address=address: client.get(address), 20)
                   for _ in range(ROUNDS))
        say(what, best, "ms", f"meta: 40 ms o menos; {len(told)} consultas, {MOST} como máximo")
