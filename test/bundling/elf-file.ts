/** Writes the smallest possible shared libraries, for tests of code that reads them. */

export interface Contents {
  /** @default 183, AArch64 */
  machine?: number;
  soname?: string;
  needed?: string[];
  searchPath?: string;
  exports?: string[];
  imports?: { name: string; weak?: boolean; version?: { library: string; name: string } }[];
}

const HEADER = 64;
const SECTION = 64;

/** @returns a 64-bit little-endian ELF file with a dynamic section, symbols and the versions they need */
export function sharedLibrary(contents: Contents): Buffer {
  const { machine = 183, soname, needed = [], searchPath, exports = [], imports = [] } = contents;

  let names = Buffer.from([0]);
  const name = (text: string): number => {
    const offset = names.length;
    names = Buffer.concat([names, Buffer.from(`${text}\0`)]);
    return offset;
  };
  const record = (
    size: number,
    ...fields: [offset: number, bytes: 1 | 2 | 4 | 8, value: number][]
  ): Buffer => {
    const buffer = Buffer.alloc(size);
    for (const [offset, bytes, value] of fields) buffer.writeUIntLE(value, offset, Math.min(bytes, 6));
    return buffer;
  };

  const entry = (tag: number, text: string) => record(16, [0, 8, tag], [8, 8, name(text)]);
  const dynamic = Buffer.concat([
    ...needed.map((text) => entry(1, text)),
    ...(soname ? [entry(14, soname)] : []),
    ...(searchPath ? [entry(15, searchPath)] : []),
    record(16),
  ]);
  const symbols = Buffer.concat([
    record(24),
    ...exports.map((text) => record(24, [0, 4, name(text)], [4, 1, 0x12], [6, 2, 1])),
    ...imports.map(({ name: text, weak }) => record(24, [0, 4, name(text)], [4, 1, weak ? 0x22 : 0x12])),
  ]);
  const versioned = imports.flatMap(({ version }) => (version ? [version] : []));
  // Symbols number their versions from 2 on: 0 is local, 1 is global without a version.
  const numbers = Buffer.concat([
    record(2),
    ...exports.map(() => record(2, [0, 2, 1])),
    ...imports.map(({ version }) => record(2, [0, 2, version ? versioned.indexOf(version) + 2 : 1])),
  ]);
  const versions = Buffer.concat(
    versioned.flatMap((version, index) => [
      record(
        16,
        [0, 2, 1],
        [2, 2, 1],
        [4, 4, name(version.library)],
        [8, 4, 16],
        [12, 4, index === versioned.length - 1 ? 0 : 32],
      ),
      record(16, [6, 2, index + 2], [8, 4, name(version.name)]),
    ]),
  );

  const sections: [type: number, content: Buffer][] = [
    [0, Buffer.alloc(0)],
    [3, names],
    [6, dynamic],
    [11, symbols],
    ...(versioned.length > 0
      ? ([
          [0x6fffffff, numbers],
          [0x6ffffffe, versions],
        ] as [number, Buffer][])
      : []),
  ];
  let offset = HEADER + sections.length * SECTION;
  const table = sections.map(([type, content]) => {
    const header = record(SECTION, [4, 4, type], [24, 8, offset], [32, 8, content.length], [40, 4, 1]);
    offset += content.length;
    return header;
  });
  const header = record(
    HEADER,
    [16, 2, 3],
    [18, 2, machine],
    [40, 8, HEADER],
    [58, 2, SECTION],
    [60, 2, sections.length],
  );
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  return Buffer.concat([header, ...table, ...sections.map(([, content]) => content)]);
}
