import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The text of a document in docs/. */
export function document(name: string): string {
  return readFileSync(join(__dirname, '../../docs', name), 'utf8');
}

/** The anchor that GitHub gives a heading. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** The headings of a document, as texts. */
export function headings(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading!);
}
