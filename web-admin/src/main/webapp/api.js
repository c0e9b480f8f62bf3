/* SPDX-License-Identifier: Apache-2.0 */

// Not relative: a page that was opened with user:password@ in its address could not fetch then.
export const BASE = `${location.origin}${location.pathname.replace(/[^/]*$/, "")}api/v1`;

const PATIENCE_MILLIS = 5000;

/** The server's clock minus ours, as far as the whole seconds of the header Date tell. */
let skewMillis = 0;

/** Now, by the server's clock. */
export const now = () => Date.now() + skewMillis;

/** An answer that is a problem document, or no answer at all (status 0). */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `HTTP status ${status}`);
    this.status = status;
    this.problem = problem;
  }
}

/** Every item of a list, through all its pages. */
export async function all(path) {
  const items = [];
  let cursor = null;
  do {
    const query = new URLSearchParams({ limit: "500", ...(cursor ? { cursor } : {}) });
    const response = await fetch(`${BASE}${path}?${query}`, { signal: AbortSignal.timeout(PATIENCE_MILLIS) });
    const body = await bodyOf(response);
    learnClock(response.headers.get("Date"));
    const page = JSON.parse(body);
    items.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return items;
}

/** Sends JSON text as it stands and gives the answer's text as it stands: parsing would round big numbers. */
export async function post(path, json) {
  const response = await fetch(`${BASE}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: json,
  });
  return bodyOf(response);
}

async function bodyOf(response) {
  const text = await response.text();
  if (!response.ok) {
    throw new Refused(response.status, problemIn(response, text));
  }
  return text;
}

function problemIn(response, text) {
  const isProblem = (response.headers.get("Content-Type") ?? "").startsWith("application/problem+json");
  return isProblem ? JSON.parse(text) : { title: response.statusText || `HTTP status ${response.status}` };
}

function learnClock(date) {
  const difference = Date.parse(date ?? "") - Date.now();
  // Within two seconds the header is less exact than two clocks that are set.
  skewMillis = Math.abs(difference) > 2000 ? difference : 0;
}
