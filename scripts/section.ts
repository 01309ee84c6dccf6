/** The part of a document that `npm run docs` writes, between two comments. */

/**
 * @param what the part holds, as the comments name it
 * @param content in Markdown
 * @returns the document with this content in that part
 * @throws when the document has no such part
 */
export function withSection(document: string, what: string, content: string): string {
  const [begin, end] = [`<!-- ${what}, written by \`npm run docs\` -->`, `<!-- End of ${what} -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`Expected the lines ${begin} … ${end} in the document`);
  return `${document.slice(0, from)}${begin}\n\n${content}\n\n${document.slice(to)}`;
}

/** A table in Markdown. */
export const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
