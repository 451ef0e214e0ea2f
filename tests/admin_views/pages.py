"""Walking the console as a person would: every link of every page, a few of each kind."""

import html
import re
from collections import Counter
from typing import NamedTuple

from tests.house.addresses import screens

LINK = re.compile(r'href="([^"#]+)"')


class Page(NamedTuple):
    status: int
    headers: dict
    text: str
    body: bytes


def kind_of(path):
    """Pages that differ only in which record, filter or order they show are of one kind."""
    address, _, query = path.partition("?")
    return re.sub(r"\d+|[0-9a-f]{32}", "#", address), bool(query)


def crawl(client, start="/", each=2, follow=True):
    """address → page, for everything a person reaches by links alone; `each` of every kind."""
    found, queue, seen = {}, [start], Counter()
    while queue:
        path = queue.pop(0)
        if path in found or seen[kind_of(path)] >= each:
            continue
        seen[kind_of(path)] += 1
        with client.get(path) as answer:
            words = answer.text if answer.mimetype == "text/html" else ""
            found[path] = Page(answer.status_code, dict(answer.headers), words, answer.data)
        queue += [link for link in map(html.unescape, LINK.findall(words))
                  if follow and link.startswith("/") and not link.startswith("/static/")]
    return found


def fresh_token(office, client):
    """A CSRF token that serves for any form of this browser."""
    return office.token(client.get("/cargo"))


def version_of(page):
    return re.search(r'name="version"[^>]*value="(\d+)"', page.text).group(1)


def once_of(page):
    """The one-time token of a page's form."""
    return re.search(r'name="once" value="([^"]+)"', page.text).group(1)


def send(office, client, path, data, **options):
    """Open a form as a person does, then send it: its token and its version with it."""
    page = client.get(path)
    assert page.status_code == 200, (path, page.status_code)
    version = {"version": version_of(page)} if 'name="version"' in page.text else {}
    return client.post(path, data={"csrf_token": office.token(page), **version, **data}, **options)


def key_in(location):
    return int(re.search(r"/(\d+)/", location).group(1))


def addresses(office):
    return [view.url for view in screens(office.app).values()]
