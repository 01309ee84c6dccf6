/**
 * Reduces a source map to the project's own files: nine tenths of it would describe packages.
 */
import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec';

export interface SourceMap {
  version: 3;
  sources: string[];
  names: string[];
  mappings: string;
}

/**
 * @param isOwn whether to keep this source
 * @returns the map without the other sources. Code that came from them no longer has an original
 */
export function withOnly(isOwn: (source: string) => boolean, map: SourceMap): SourceMap {
  const own = map.sources.map(isOwn);
  const [sources, names] = [new Index(), new Index()];
  let mapped = false;
  const lines = decode(map.mappings).map((segments) =>
    segments.flatMap((segment): SourceMapSegment[] => {
      const [column, source, line, at, name] = segment;
      if (source !== undefined && own[source]) {
        mapped = true;
        const kept = [column, sources.of(map.sources[source]!), line!, at!] as const;
        return [name === undefined ? [...kept] : [...kept, names.of(map.names[name]!)]];
      }
      // A segment without a source ends the mapping of the one before it.
      const ends = mapped;
      mapped = false;
      return ends ? [[column]] : [];
    }),
  );
  return { version: 3, sources: sources.all, names: names.all, mappings: encode(lines) };
}

/** Numbers texts in the order of their first occurrence. */
class Index {
  readonly all: string[] = [];
  private readonly places = new Map<string, number>();

  of(text: string): number {
    const place = this.places.get(text) ?? this.all.push(text) - 1;
    this.places.set(text, place);
    return place;
  }
}
