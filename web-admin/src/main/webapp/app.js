/* SPDX-License-Identifier: Apache-2.0 */

import { all, now, Refused } from "./api.js";
import { initCall, offerPools } from "./call.js";
import { patch } from "./dom.js";
import { clock } from "./format.js";
import { poolSection, noPools } from "./pools.js";
import { remember } from "./history.js";

const EVERY_MILLIS = 1000;
const RETRY_MILLIS = [1000, 2000, 3000, 5000];

const page = document.documentElement;
const main = document.getElementById("pools");
const link = document.getElementById("link-text");
const time = document.getElementById("clock");

let timer = 0;
let failures = 0;
let asking = false;

async function ask() {
  asking = true;
  try {
    const [pools, workers] = await Promise.all([all("/pools"), all("/workers")]);
    failures = 0;
    show(pools, workers);
  } catch (error) {
    failures++;
    showLost(error);
  } finally {
    asking = false;
    schedule();
  }
}

function schedule() {
  clearTimeout(timer);
  if (!document.hidden) {
    const wait = failures === 0 ? EVERY_MILLIS : RETRY_MILLIS[Math.min(failures, RETRY_MILLIS.length) - 1];
    timer = setTimeout(ask, wait);
  }
}

function show(pools, workers) {
  pools.forEach(remember);
  const sections = pools.map((pool) => poolSection(pool, workers.filter((worker) => worker.pool === pool.name)));
  patch(main, pools.length > 0 ? sections : [noPools()]);
  offerPools(pools.map((pool) => pool.name));
  const worst = ["down", "degraded"].find((state) => pools.some((pool) => pool.health.state === state));
  document.title = worst ? `Serpentry (${worst})` : "Serpentry";
  setLink("live", "Live");
  time.textContent = clock(now());
}

function showLost(error) {
  if (error instanceof Refused && error.status !== 502 && error.status !== 503 && error.status !== 504) {
    setLink("lost", `The server refuses: ${error.message}`);
  } else {
    setLink("lost", "Connection lost, retrying");
  }
  document.title = "Serpentry (connection lost)";
}

function setLink(state, text) {
  page.dataset.link = state;
  if (link.textContent !== text) {
    link.textContent = text;
  }
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    clearTimeout(timer);
    setLink("paused", "Paused");
  } else if (!asking) {
    ask();
  }
});

initCall();
ask();
