// Keys of one letter: where «g» leads, and whether they act at all. A person who speaks to the
// machine turns them off, and it stays.

const NAME = "single-keys";
export const OFF = "off";
export const PLACES = { i: "/", c: "/cuentas/", r: "/recibos/", f: "/correcciones/" };

let now;
try { now = localStorage.getItem(NAME); } catch { now = null; }   // a browser may keep nothing

export const singleKeys = () => now;

export function setSingleKeys(on) {
  now = on ? null : OFF;
  try { if (on) localStorage.removeItem(NAME); else localStorage.setItem(NAME, OFF); } catch { /* for this page only */ }
}
