/* SPDX-License-Identifier: Apache-2.0 */

import { now } from "./api.js";
import { h, icon } from "./dom.js";
import { age, count, rate, some } from "./format.js";
import { callRate, callRates } from "./history.js";
import { workerTable } from "./workers.js";

const VERDICTS = {
  up: { icon: "ok", text: "Serving." },
  degraded: { icon: "warning", text: "Serving, degraded." },
  down: { icon: "error", text: "Not serving." },
};

/** A pool with its workers. */
export function poolSection(pool, workers) {
  return h(
    "section",
    { "data-key": pool.name, "aria-label": `Pool ${pool.name}` },
    h("div", { class: "title" }, h("h2", null, pool.name), h("p", { class: "quiet" }, subtitle(pool))),
    verdict(pool),
    startNote(pool),
    startError(pool),
    tiles(pool),
    workerTable(pool, workers),
  );
}

/** What stands in place of pools where there are none. */
export function noPools() {
  return h(
    "div",
    { class: "card empty", "data-key": " none" },
    h("h2", null, "No pool yet"),
    h("p", null, "A pool appears as soon as the resource adapter is deployed with a connection definition."),
  );
}

function subtitle(pool) {
  const parts = [];
  if (pool.max !== undefined) {
    parts.push(`${pool.min ?? 0} to ${some(pool.max, "worker")}`);
  }
  parts.push({ fork: "forked", spawn: "spawned", none: "none started yet" }[pool.start] ?? pool.start);
  if (pool.zygote) {
    parts.push(`fork server ${pool.zygote.pid}`);
  }
  return parts.join(" · ");
}

function verdict(pool) {
  const { state, reason } = pool.health;
  const known = VERDICTS[state] ?? { icon: "warning", text: state };
  return h(
    "div",
    { class: `banner ${state}`, "data-key": "verdict" },
    icon(known.icon),
    h("p", null, h("strong", null, known.text), " ", sentence(reason)),
  );
}

function startNote(pool) {
  return pool.start === "spawn" && pool.startReason
    ? h(
        "div",
        { class: "banner note", "data-key": "start" },
        icon("warning"),
        h("p", null, h("strong", null, "Workers are spawned, not forked."), " ", sentence(pool.startReason)),
      )
    : null;
}

function startError(pool) {
  const error = pool.lastStartError;
  if (!error) {
    return null;
  }
  const wait = Date.parse(error.retryAt) - now();
  const outputs = [
    ["What Python wrote", error.stderr],
    ["Traceback", error.traceback],
  ].filter(([, text]) => text);
  return h(
    "div",
    { class: "card start-error", "data-key": "start-error" },
    h("h3", null, "The last worker did not start"),
    h("p", null, error.message),
    h(
      "p",
      { class: "quiet" },
      `${some(error.attempts, "attempt")} failed in a row, last ${age(now() - Date.parse(error.at))} ago; `,
      wait > 0 ? `next in ${age(wait + 999)}` : "the next call tries again",
    ),
    outputs.map(([title, text]) =>
      h("details", { "data-key": title }, h("summary", null, title), h("pre", { tabindex: "0" }, text)),
    ),
  );
}

function tiles(pool) {
  return h(
    "dl",
    { class: "tiles card", "data-key": "tiles" },
    tile("Busy", count(pool.busy), pool.max === undefined ? "" : `of ${count(pool.max)}`, segments(pool), use(pool)),
    tile("Idle", count(pool.idle), "", null, `${some(pool.live, "live worker")}`),
    tile("Waiting", count(pool.waiting), "", null, "callers in line", pool.waiting > 0 && "attention"),
    tile("Calls", rate(callRate(pool.name)), "per s", sparkline(callRates(pool.name)), `${count(pool.calls)} in all`),
    tile("Failed", count(pool.failures), "", null, failureNote(pool), pool.failures > 0 && "attention"),
  );
}

function use(pool) {
  return pool.max > 0 ? `${Math.round((100 * pool.busy) / pool.max)}% of the maximum` : "connections in use";
}

function failureNote(pool) {
  const parts = [];
  if (pool.timeouts > 0) {
    parts.push(some(pool.timeouts, "timeout"));
  }
  if (pool.lost > 0) {
    parts.push(`${some(pool.lost, "worker")} lost`);
  }
  return parts.join(", ") || "no timeout, none lost";
}

function tile(name, value, unit, picture, note, extra) {
  return h(
    "div",
    { class: `tile ${extra || ""}` },
    h("dt", null, name),
    h("dd", null, h("span", { class: "value" }, value), unit && h("span", { class: "unit" }, ` ${unit}`), picture),
    note ? h("dd", { class: "quiet" }, note) : null,
  );
}

function segments(pool) {
  const size = Math.min(pool.max ?? 0, 24);
  const share = pool.max > size ? size / pool.max : 1;
  const kind = (i) => (i < pool.busy * share ? "busy" : i < (pool.busy + pool.idle) * share ? "idle" : "free");
  return h(
    "span",
    { class: "segments", "aria-hidden": "true" },
    Array.from({ length: size }, (_, i) => h("span", { class: kind(i) })),
  );
}

function sparkline(rates) {
  if (rates.length < 5 || rates.every((value) => value === 0)) {
    return null;
  }
  const top = Math.max(...rates);
  const step = 100 / (rates.length - 1);
  const points = rates.map((value, i) => `${(i * step).toFixed(1)},${(23 - (value / top) * 21).toFixed(1)}`);
  return h(
    "svg",
    { class: "sparkline", viewBox: "0 0 100 24", preserveAspectRatio: "none", "aria-hidden": "true" },
    h("polyline", { points: points.join(" ") }),
  );
}

function sentence(text) {
  const trimmed = text.trim();
  const first = /^[a-z][a-z]/.test(trimmed) ? trimmed[0].toUpperCase() + trimmed.slice(1) : trimmed;
  return /[.!?…]$/.test(first) ? first : `${first}.`;
}
