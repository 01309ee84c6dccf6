/**
 * dynalite's parser of conditions parses the content of each pair of parentheses twice, as an operand and as a condition.
 * So its time doubles with each level of nesting, to milliseconds for common conditions. This makes it remember what it has
 * found at each position, with the same results.
 */

import { readFileSync } from 'node:fs';

/** As PEG.js generates it. It throws its own SyntaxError. */
export interface Parser {
  parse(expression: string, options: { context: object }): unknown;
}

const FILE = require.resolve('dynalite/db/conditionParser');

/** Results within a lookahead are remembered separately, because a lookahead records no errors. */
const REMEMBERED = `
  var found = new Map();
  function remembered(number, rule) {
    var key = (peg$currPos * 1000 + number) * 2 + (peg$silentFails > 0 ? 1 : 0);
    var before = found.get(key);
    if (!before) {
      before = { result: rule(), end: undefined };
      before.end = peg$currPos;
      found.set(key, before);
    }
    peg$currPos = before.end;
    return before.result;
  }
`;

/** dynalite's original parser, or the one that remembers. */
export function loadParser({ remembers }: { remembers: boolean }): Parser {
  const source = readFileSync(FILE, 'utf8');
  let rules = 0;
  const repaired = source
    .replace(/^ {2}function (peg\$parse\w+)\(\) \{$/gm, (_, name: string) =>
      [
        `  function ${name}() { return remembered(${rules++}, ${name}$rule); }`,
        `  function ${name}$rule() {`,
      ].join('\n'),
    )
    .replace('function peg$parse(input, options) {', (start) => start + REMEMBERED);
  const module = { exports: {} as Parser };
  new Function('module', 'exports', remembers ? repaired : source)(module, module.exports);
  return module.exports;
}

/** Makes dynalite use the parser that remembers. */
export function repairDynalite(): void {
  const used = require(FILE) as Parser;
  used.parse = loadParser({ remembers: true }).parse;
}
