"""Walking every screen of an office in a browser, and what is wrong with each."""

import os
import re
from hashlib import sha256
from pathlib import Path

from tests.admin_views.pages import crawl, kind_of
from tests.browser.axe import RULES, violations
from tests.browser.skeleton import Skeleton
from tests.house.addresses import screens

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 800}
# Light and dark differ in colour alone, wide and narrow in place and size: every rule is asked of
# two looks of each kind of page, and of the other two looks, once of each template, those that colour
# or width can change. A kind of page that another office has shown, in whatever process of this run, is asked every
# rule once more, in the narrow dark look, if this office's has an element that none of them had; else only its words
# and rows differ, and those are read as they were sent.
LOOKS = (("1280 claro", WIDE, "light", RULES),
         ("360 oscuro", PHONE, "dark", RULES),
         ("360 claro", PHONE, "light", {"type": "rule", "values": [
             "color-contrast", "target-size", "scrollable-region-focusable"]}),
         ("1280 oscuro", WIDE, "dark", {"type": "rule", "values": ["color-contrast"]}))
ENGLISH = re.compile(r"\b(save|edit|delete|create|search|submit|password|login|logout|with selected|"
                     r"none|null|undefined|true|false|record|filter|next|previous|home|view|loading|"
                     r"day|month|week|hour|year|cancel|close|select|choose|required|invalid|error:? not|no results|are you sure)\b",
                     re.IGNORECASE)
LISTEN = """window.cspFaults = [];
document.addEventListener("securitypolicyviolation",
  (fault) => window.cspFaults.push(`${fault.violatedDirective} ${fault.blockedURI}`));"""
# What is written in a language of its own (a procedure as a file) says so, and is not read as Spanish.
WORDS = """() => [document.title, [...document.querySelectorAll("[translate=no]")].reduce(
    (text, node) => text.replace(node.innerText, ""), document.body.innerText),
  ...[...document.querySelectorAll("[aria-label], [placeholder], [title]")].flatMap(
    (node) => [node.ariaLabel, node.placeholder, node.title])].filter(Boolean).join("\\n")"""
WIDER = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


def addresses(office, role):
    """One address of each kind of page that this office reaches by links, with the page.

    A list in another order or behind a filter is the same page: of each list, the plain one.
    """
    pages = crawl(office.client(role), each=1)
    plain = {path.partition("?")[0] for path in pages if "?" not in path}
    return {path: page for path, page in pages.items()
            if page.headers.get("Content-Type", "").startswith("text/html")
            and ("?" not in path or page.status != 200 or path.partition("?")[0] not in plain)}


def first_of(name):
    """Whether no walk of this run has come to it before."""
    folder = Path(os.environ["CONSOLE_TESTS"]) / "looked"
    folder.mkdir(exist_ok=True)
    try:
        (folder / sha256(name.encode()).hexdigest()).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def template_of(office, path):
    """What draws a page: the kind of view and, of a record's, its template."""
    endpoint = office.app.url_map.bind("localhost").match(path.partition("?")[0])[0]
    view, _, door = endpoint.partition(".")
    return f"{door or view} {getattr(screens(office.app).get(view), 'record_template', '')}"


def looks_of(path, template):
    if not first_of(str(kind_of(path))):
        return LOOKS[1:2]
    return LOOKS if first_of(template) else LOOKS[:2]


def faults_of(person, path, template):
    """Everything wrong with one page, in words; empty when nothing is."""
    page, found = person.page, []
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")   # no colour half way
    person.open(path)
    for name, size, scheme, rules in looks_of(path, template):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{name}: {fault['id']} {fault['nodes'][0]['html'][:150]}" for fault in violations(page, rules)]
        if size is PHONE and page.evaluate(WIDER):
            found.append(f"{name}: the page scrolls sideways")
    found += [f"English: {word}" for word in ENGLISH.findall(page.evaluate(WORDS))]
    found += [f"CSP: {fault}" for fault in page.evaluate("() => window.cspFaults")]
    if page.locator("h1").count() != 1:
        found.append("not one h1")
    return found


def faults_as_sent(skeleton):
    """What is wrong with a page that shows in what the server sent."""
    found = [f"English: {word}" for word in ENGLISH.findall("\n".join(skeleton.said))]
    found += [f"{name} names {many} elements" for name, many in skeleton.ids.items() if many > 1]
    return found


def is_new(path, skeleton):
    """Whether some element of it was never seen in a page of its kind."""
    return any([first_of(f"{kind_of(path)} {shape}") for shape in sorted(skeleton.shapes)])


def walk(sit, office, role):
    """address → faults, of every kind of page of an office; and how many were read."""
    person = sit(role)
    person.page.add_init_script(LISTEN)
    pages = addresses(office, role)
    found = {path: [f"dead link: {page.status}"] for path, page in pages.items() if page.status != 200}
    for path in pages.keys() - found.keys():
        skeleton = Skeleton(pages[path].text)
        faults = faults_as_sent(skeleton)
        if is_new(path, skeleton):
            faults += faults_of(person, path, template_of(office, path))
        if faults:
            found[path] = faults
    if person.faults:
        found["console"] = person.faults
    return found, len(pages)
