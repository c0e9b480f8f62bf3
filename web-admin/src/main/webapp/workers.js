/* SPDX-License-Identifier: Apache-2.0 */

import { now } from "./api.js";
import { h, icon } from "./dom.js";
import { age, bytes, count, seconds } from "./format.js";

const COLUMNS = ["Worker", "State", "Current call", "Calls", "Memory", "Up"];
const NUMBERS = new Set(["Calls", "Memory", "Up"]);

/** The live table of a pool's workers. */
export function workerTable(pool, workers) {
  return h(
    "div",
    { class: "card workers", "data-key": "workers" },
    h("h3", null, "Workers ", h("span", { class: "quiet" }, count(workers.length))),
    workers.length > 0 ? table(pool, workers) : h("p", { class: "empty", "data-key": "none" }, emptyText(pool)),
  );
}

function emptyText(pool) {
  return pool.lastStartError
    ? "No worker lives. The error above says why."
    : "No worker yet. The first call starts one.";
}

function table(pool, workers) {
  return h(
    "table",
    { "data-key": "table" },
    h("caption", { class: "hidden" }, `Workers of pool ${pool.name}`),
    h("thead", null, h("tr", null, COLUMNS.map((name) => h("th", { scope: "col", class: NUMBERS.has(name) && "number" }, name)))),
    h("tbody", null, workers.map(row)),
  );
}

function row(worker) {
  const state = shownState(worker);
  return h(
    "tr",
    { "data-key": worker.id },
    h("th", { scope: "row" }, worker.id, " ", h("span", { class: "quiet pid", title: "process id" }, String(worker.pid))),
    h("td", { class: "state" }, icon(state.icon), state.text),
    h("td", { class: "current" }, worker.currentCall ? running(worker.currentCall) : h("span", { class: "quiet" }, state.rest)),
    number("Calls", count(worker.calls)),
    number("Memory", bytes(worker.memoryBytes)),
    number("Up", age(now() - Date.parse(worker.startedAt))),
  );
}

const number = (label, text) => h("td", { class: "number", "data-label": label }, text);

function shownState(worker) {
  switch (worker.state) {
    case "live":
      return worker.currentCall ? { icon: "busy", text: "Busy" } : { icon: "ok", text: "Idle", rest: "waiting for work" };
    case "starting":
      return { icon: "starting", text: "Starting", rest: "importing its modules" };
    case "draining":
      return { icon: "draining", text: "Draining", rest: "about to end" };
    case "dead":
      return { icon: "dead", text: "Dead", rest: "" };
    default:
      return { icon: "warning", text: worker.state, rest: "" };
  }
}

function running(call) {
  const elapsed = Math.max(0, now() - Date.parse(call.startedAt));
  const limited = call.timeoutMillis > 0;
  const part = limited ? Math.min(1, elapsed / call.timeoutMillis) : 0;
  return h(
    "div",
    { class: `running ${urgency(part)}`, "data-key": call.startedAt },
    h("span", { class: "mono name", title: call.function }, call.function),
    h("span", { class: "elapsed" }, limited ? `${seconds(elapsed)} / ${seconds(call.timeoutMillis)} s` : `${seconds(elapsed)} s`),
    limited && h("span", { class: "bar", "aria-hidden": "true", vars: { "--part": part.toFixed(4) } }, h("span")),
  );
}

function urgency(part) {
  if (part >= 0.9) {
    return "late";
  }
  return part >= 0.7 ? "soon" : "";
}
