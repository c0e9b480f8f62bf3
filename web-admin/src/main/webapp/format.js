/* SPDX-License-Identifier: Apache-2.0 */

const COUNT = new Intl.NumberFormat("en");

/** 1,284 */
export const count = (number) => COUNT.format(number);

/** 880 MB, 1.16 GB; an en dash for a process that is gone */
export function bytes(number) {
  if (number <= 0) {
    return "–";
  }
  const mega = number / 1e6;
  return mega < 1000 ? `${mega < 10 ? mega.toFixed(1) : Math.round(mega)} MB` : `${(mega / 1000).toFixed(2)} GB`;
}

/** 42 s, 3 min 7 s, 3 h 12 min, 4 d 2 h */
export function age(millis) {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  const [minutes, hours, days] = [60, 3600, 86400].map((unit) => Math.floor(seconds / unit));
  if (days > 0) {
    return `${days} d ${hours % 24} h`;
  }
  if (hours > 0) {
    return `${hours} h ${minutes % 60} min`;
  }
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

/** 0.4, 12.3, 120: seconds with as many digits as a person reads */
export function seconds(millis) {
  const value = Math.max(0, millis) / 1000;
  return value < 100 && !Number.isInteger(value) ? value.toFixed(1) : String(Math.round(value));
}

/** 0.4, 42.7, 1,284 */
export const rate = (perSecond) => (perSecond < 100 ? perSecond.toFixed(1) : count(Math.round(perSecond)));

/** 08:48:00 UTC */
export const clock = (millis) => `${new Date(millis).toISOString().slice(11, 19)} UTC`;

/** `2 workers`, `1 worker` */
export const some = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
