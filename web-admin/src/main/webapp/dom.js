/* SPDX-License-Identifier: Apache-2.0 */

const SVG = new Set(["svg", "path", "circle", "polyline", "line"]);

/**
 * Makes an element. Attributes that are null, undefined or false are left out; `vars` sets CSS custom properties, which
 * the content security policy allows to scripts but not to markup.
 */
export function h(tag, attributes, ...children) {
  const element = SVG.has(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name === "vars") {
      Object.entries(value).forEach(([property, text]) => element.style.setProperty(property, text));
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * Makes the children of `parent` equal to `wanted` and touches only what differs, so that focus, selection, scrolling
 * and opened details survive. Children with a `data-key` are matched by it, others by their place.
 */
export function patch(parent, wanted) {
  const keyed = new Map();
  for (const child of parent.childNodes) {
    if (child.dataset?.key) {
      keyed.set(child.dataset.key, child);
    }
  }
  wanted.forEach((node, place) => {
    const here = parent.childNodes[place];
    const key = node.dataset?.key;
    const old = key ? keyed.get(key) : here;
    if (!old || old.nodeName !== node.nodeName || (old.dataset?.key ?? "") !== (key ?? "")) {
      parent.insertBefore(node, here ?? null);
      return;
    }
    if (old !== here) {
      parent.insertBefore(old, here ?? null);
    }
    update(old, node);
  });
  while (parent.childNodes.length > wanted.length) {
    parent.lastChild.remove();
  }
}

function update(old, wanted) {
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.nodeValue !== wanted.nodeValue) {
      old.nodeValue = wanted.nodeValue;
    }
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (!wanted.hasAttribute(name) && name !== "open" && name !== "style") {
      old.removeAttribute(name);
    }
  }
  for (const { name, value } of wanted.attributes) {
    if (name !== "style" && old.getAttribute(name) !== value) {
      old.setAttribute(name, value);
    }
  }
  if (old.style.cssText !== wanted.style.cssText) {
    old.style.cssText = wanted.style.cssText;
  }
  patch(old, [...wanted.childNodes]);
}

const ICONS = {
  ok: "M3 8.5 6.5 12 13 4.5",
  warning: "M8 2 15 14H1Z M8 6.5v3.5 M8 12v.3",
  error: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Z M8 4.5v4.2 M8 11v.3",
  busy: "M8 2a6 6 0 1 0 6 6",
  starting: "M8 13V3 M4 7l4-4 4 4",
  draining: "M8 2v8 M4.5 7 8 10.5 11.5 7 M3 14h10",
  dead: "M4 4l8 8 M12 4l-8 8",
};

/** A small picture beside a word; it says nothing that the word does not say. */
export function icon(name) {
  return h("svg", { class: `icon ${name}`, viewBox: "0 0 16 16", "aria-hidden": "true" }, h("path", { d: ICONS[name] }));
}
