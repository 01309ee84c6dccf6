/**
 * Source maps of the project's own code alone. Node reads the map of a bundle on every cold start, and nine tenths of it
 * would tell of packages.
 *
 * The format: tc39.es/ecma426
 */

export interface SourceMap {
  version: 3;
  sources: string[];
  names: string[];
  mappings: string;
}

/** Column of the line; then, where it is known: source, its line, its column, and a name. Counted from 0. */
type Segment = [number] | [number, number, number, number] | [number, number, number, number, number];

/**
 * @param isOwn tells of a source whether to keep it
 * @returns the map without the others: code made of those has no original
 */
export function withOnly(isOwn: (source: string) => boolean, map: SourceMap): SourceMap {
  const own = map.sources.map(isOwn);
  const [sources, names] = [new Index(), new Index()];
  let mapped = false;
  const lines = decode(map.mappings).map((segments) =>
    segments.flatMap((segment): Segment[] => {
      const [column, source, line, at, name] = segment;
      if (source !== undefined && own[source]) {
        mapped = true;
        const place = sources.of(map.sources[source] as string);
        const kept = [column, place, line as number, at as number] as const;
        return [name === undefined ? [...kept] : [...kept, names.of(map.names[name] as string)]];
      }
      // One that names no source ends what was mapped before.
      const ends = mapped;
      mapped = false;
      return ends ? [[column]] : [];
    }),
  );
  return { version: 3, sources: sources.all, names: names.all, mappings: encode(lines) };
}

/** Numbers texts in the order they are first asked for. */
class Index {
  readonly all: string[] = [];
  private readonly places = new Map<string, number>();

  of(text: string): number {
    const place = this.places.get(text) ?? this.all.push(text) - 1;
    this.places.set(text, place);
    return place;
  }
}

/** Columns count from the segment before in the line, all else from the segment before in the file. */
function decode(mappings: string): Segment[][] {
  const before = [0, 0, 0, 0, 0];
  return mappings.split(';').map((line) => {
    before[0] = 0;
    return line
      .split(',')
      .filter((text) => text !== '')
      .map((text) => numbers(text).map((value, field) => (before[field]! += value)) as Segment);
  });
}

function encode(lines: Segment[][]): string {
  const before = [0, 0, 0, 0, 0];
  return lines
    .map((segments) => {
      before[0] = 0;
      return segments
        .map((segment) =>
          segment
            .map((value, field) => {
              const difference = value - before[field]!;
              before[field] = value;
              return digits(difference);
            })
            .join(''),
        )
        .join(',');
    })
    .join(';');
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Five bits a digit, lowest first; the sixth says that more follow. The lowest bit of all is the sign. */
function numbers(text: string): number[] {
  const found: number[] = [];
  let [value, shift] = [0, 0];
  for (const character of text) {
    const digit = BASE64.indexOf(character);
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    found.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return found;
}

function digits(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = '';
  do {
    const more = rest > 31 ? 32 : 0;
    text += BASE64[(rest & 31) | more];
    rest >>>= 5;
  } while (rest > 0);
  return text;
}
