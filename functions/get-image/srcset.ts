/** Writes thumbnails as the attributes that `<img>` and `<picture>` take. */
import type { OutputFormat } from '../../contract/formats';
import type { Size } from '../../contract/image';

/** A thumbnail with its URL. */
export interface Candidate extends Size {
  format: OutputFormat;
  url: string;
  /** Whether it moves. */
  animated?: true;
}

export interface Source {
  type: `image/${OutputFormat}`;
  srcset: string;
}

export interface Srcsets {
  /** For `<img srcset>`: in the format that most programs show. */
  srcset: string;
  /** For `<source>` in `<picture>`, the smallest files first; left out if there is only one format. */
  sources?: Source[];
}

/** The order in which formats are offered: from the smallest files to those that all programs show. */
const BY_SAVING: readonly OutputFormat[] = ['avif', 'webp', 'png', 'jpeg', 'gif'];

/**
 * A browser may pick any entry of a `srcset`, so all of them must show the same: only thumbnails of the same proportions
 * are in it. Those of the whole image are preferred. If there are none, since every variant crops or pads, it takes those
 * with the proportions of the widest one. If any of them moves, the stills are left out.
 *
 * @param image pixels of the upright original
 * @param candidates at least one
 */
export function srcsets(image: Size, candidates: readonly Candidate[]): Srcsets {
  const widestFirst = [...candidates].sort((one, other) => other.width - one.width);
  const whole = candidates.filter((candidate) => alike(candidate, image));
  const like = widestFirst[0] as Candidate;
  const alikes = whole.length > 0 ? whole : candidates.filter((candidate) => alike(candidate, like));
  const moving = alikes.filter(({ animated }) => animated);
  const shown = moving.length > 0 ? moving : alikes;
  const sources = BY_SAVING.map((format) => ({
    type: `image/${format}` as const,
    srcset: list(shown.filter((candidate) => candidate.format === format)),
  })).filter(({ srcset }) => srcset !== '');
  const { srcset } = sources.at(-1) as Source;
  return sources.length > 1 ? { srcset, sources } : { srcset };
}

/** Whether a thumbnail has the proportions of another size. Each of its sides was rounded to a pixel on its own, and is never 0. */
function alike(thumbnail: Size, { width, height }: Size): boolean {
  return (
    Math.abs(thumbnail.height - (height * thumbnail.width) / width) <= 1 ||
    Math.abs(thumbnail.width - (width * thumbnail.height) / height) <= 1
  );
}

/** Lists one entry for each width: of two, a browser would never choose the second. */
function list(candidates: readonly Candidate[]): string {
  const byWidth = new Map([...candidates].reverse().map((candidate) => [candidate.width, candidate]));
  return [...byWidth.values()]
    .sort((one, other) => one.width - other.width)
    .map(({ url, width }) => `${url} ${width}w`)
    .join(', ');
}
