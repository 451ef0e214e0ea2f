// The three functions with which every module reads the page.

export const one = (selector, place = document) => place.querySelector(selector);
export const all = (selector, place = document) => [...place.querySelectorAll(selector)];

export function made(name, text, terms = {}) {
  const node = Object.assign(document.createElement(name), terms);
  node.textContent = text;
  return node;
}
