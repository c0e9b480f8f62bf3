/* SPDX-License-Identifier: Apache-2.0 */

import { BASE, post, Refused } from "./api.js";
import { h, icon, patch } from "./dom.js";
import { member, pretty } from "./json-text.js";

const element = (id) => document.getElementById(`call-${id}`);
const form = element("form");
const fields = {
  pool: element("pool"),
  function: element("function"),
  arguments: element("arguments"),
  timeout: element("timeout"),
};

/** Brings the form to life. */
export function initCall() {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  form.addEventListener("input", refresh);
  fields.arguments.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      form.requestSubmit();
    }
  });
  element("copy").addEventListener("click", copy);
  refresh();
}

/** Lets the user choose among these pools, and keeps the choice that was made. */
export function offerPools(names) {
  const offered = names.length > 0 ? names : ["default"];
  patch(fields.pool, offered.map((name) => h("option", { "data-key": name, value: name }, name)));
}

function refresh() {
  const wrong = problemOf(argumentsText());
  element("arguments-error").textContent = wrong ?? "";
  fields.arguments.setAttribute("aria-invalid", String(wrong !== null));
  element("curl").textContent = curl();
}

const argumentsText = () => fields.arguments.value.trim() || "{}";

function problemOf(text) {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? null : "This must be a JSON object: {…}";
  } catch (error) {
    return `This is not JSON: ${error.message}`;
  }
}

/** The arguments go in as they were typed, so that no digit of a number is lost. */
function body() {
  const members = [
    `"pool":${JSON.stringify(fields.pool.value)}`,
    `"function":${JSON.stringify(fields.function.value.trim())}`,
    `"arguments":${argumentsText()}`,
  ];
  if (fields.timeout.value) {
    members.push(`"timeout":"PT${fields.timeout.value}S"`);
  }
  return `{${members.join(",")}}`;
}

function curl() {
  const data = body().replaceAll("'", "'\\''");
  return `curl -u admin -H 'Content-Type: application/json' \\\n  -d '${data}' \\\n  ${BASE}/call`;
}

async function copy() {
  const note = element("copied");
  try {
    await navigator.clipboard.writeText(curl());
    note.textContent = "Copied";
  } catch {
    note.textContent = "Select it below";
    element("curl").parentElement.open = true;
    getSelection().selectAllChildren(element("curl"));
  }
  setTimeout(() => (note.textContent = ""), 3000);
}

async function send() {
  if (problemOf(argumentsText()) !== null) {
    fields.arguments.focus();
    return;
  }
  const button = element("send");
  button.disabled = true;
  button.textContent = "Calling";
  try {
    show(succeeded(await post("/call", body())));
  } catch (error) {
    show(error instanceof Refused ? failed(error.problem) : unreachable());
  } finally {
    button.disabled = false;
    button.textContent = "Call";
  }
}

const show = (outcome) => element("outcome").replaceChildren(outcome);

function succeeded(text) {
  const { worker, millis } = JSON.parse(text);
  return h(
    "div",
    { class: "outcome good" },
    h("p", null, icon("ok"), h("strong", null, millis > 0 ? `${millis} ms` : "under 1 ms"), ` on ${worker.id} `, h("span", { class: "quiet" }, String(worker.pid))),
    h("pre", { tabindex: "0" }, pretty(member(text, "result") ?? "null")),
  );
}

function failed(problem) {
  const python = problem.python;
  const context = Object.entries(problem.context ?? {}).filter(([, value]) => !value.includes("\n"));
  const output = Object.entries(problem.context ?? {}).filter(([, value]) => value.includes("\n"));
  return h(
    "div",
    { class: "outcome bad" },
    h("p", null, icon("error"), h("strong", null, problem.title), " ", h("span", { class: "quiet" }, problem.code ?? "")),
    h("p", null, problem.detail ?? ""),
    python?.traceback ? h("pre", { tabindex: "0" }, python.traceback.trimEnd()) : null,
    output.map(([name, value]) => h("details", null, h("summary", null, name), h("pre", { tabindex: "0" }, value))),
    h("dl", { class: "facts" }, [...context, ...occurrence(problem)].map(([name, value]) => [h("dt", null, name), h("dd", { class: "mono" }, value)])),
  );
}

function occurrence(problem) {
  const retry = problem.retryable === undefined ? [] : [["retryable", problem.retryable ? "yes" : "no"]];
  return problem.traceId ? [...retry, ["trace", problem.traceId]] : retry;
}

function unreachable() {
  return h(
    "div",
    { class: "outcome bad" },
    h("p", null, icon("error"), h("strong", null, "The server did not answer."), " The call may have been made."),
  );
}
