/* SPDX-License-Identifier: Apache-2.0 */

// These work on the text of valid JSON, because JSON.parse rounds numbers that a double can not hold.

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** The same JSON with line breaks and indentation. */
export function pretty(text) {
  let out = "";
  let depth = 0;
  const tokens = text.match(TOKEN) ?? [];
  const newline = () => `\n${"  ".repeat(depth)}`;
  tokens.forEach((token, i) => {
    if (token === "{" || token === "[") {
      depth++;
      out += token + (isClosing(tokens[i + 1]) ? "" : newline());
    } else if (isClosing(token)) {
      depth--;
      out += (isOpening(tokens[i - 1]) ? "" : newline()) + token;
    } else {
      out += token === "," ? token + newline() : token === ":" ? ": " : token;
    }
  });
  return out;
}

/** The text of a member of the outermost object. */
export function member(text, name) {
  let depth = 0;
  let found = null;
  let value = "";
  for (const token of text.match(TOKEN) ?? []) {
    if (isClosing(token)) {
      depth--;
    }
    if (depth === 0 || (depth === 1 && token === ",")) {
      if (found === name && value) {
        return value;
      }
      found = null;
      value = "";
    } else if (found === null) {
      found = JSON.parse(token);
    } else if (depth > 1 || token !== ":" || value) {
      value += token;
    }
    if (isOpening(token)) {
      depth++;
    }
  }
  return undefined;
}

const isOpening = (token) => token === "{" || token === "[";
const isClosing = (token) => token === "}" || token === "]";
