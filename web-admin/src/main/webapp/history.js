/* SPDX-License-Identifier: Apache-2.0 */

const LENGTH = 60;

const samples = new Map();

/** Notes a pool's counters. What they were before this page was opened nobody can tell. */
export function remember(pool) {
  const past = samples.get(pool.name) ?? [];
  const last = past.at(-1);
  if (last && pool.calls < last.calls) {
    past.length = 0; // the server was started again
  }
  past.push({ at: performance.now(), calls: pool.calls });
  samples.set(pool.name, past.slice(-LENGTH - 1));
}

/** Calls a second, oldest first; empty until there are two samples. */
export function callRates(name) {
  const past = samples.get(name) ?? [];
  return past.slice(1).map((sample, i) => {
    const before = past[i];
    return ((sample.calls - before.calls) * 1000) / Math.max(1, sample.at - before.at);
  });
}

/** The mean of the last five seconds. */
export function callRate(name) {
  const rates = callRates(name).slice(-5);
  return rates.length === 0 ? 0 : rates.reduce((sum, value) => sum + value, 0) / rates.length;
}
