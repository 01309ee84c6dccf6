/**
 * Reads what the dynamic loader of Linux would read of a shared library: System V ABI, chapters 4 and 5, and the Linux
 * Standard Base for symbol versions. Only 64-bit little-endian files.
 *
 * Why we wrote our own: docs/adr/0007-a-small-reader-of-elf-headers.md
 */

export interface SharedLibrary {
  /** `e_machine`: 183 is AArch64, 62 is x86-64. */
  machine: number;
  /** The name by which other libraries request it. */
  soname?: string;
  /** Names of the libraries it requests. */
  needed: string[];
  /** Folders to search for them; `$ORIGIN` is the folder of this file. */
  searchPath: string[];
  /** Symbols that others may use. */
  exports: Set<string>;
  /** Symbols without which it can't be loaded. */
  imports: Import[];
}

export interface Import {
  name: string;
  /** The library that must define it, and in which version; undefined if any library may. */
  version?: { library: string; name: string };
}

interface Section {
  type: number;
  offset: number;
  size: number;
  /** In a section that refers to names: the index of the section that holds them. */
  link: number;
}

const MAGIC = [0x7f, 0x45, 0x4c, 0x46, 2, 1];

const SHT_DYNAMIC = 6;
const SHT_DYNSYM = 11;
const SHT_GNU_VERNEED = 0x6ffffffe;
const SHT_GNU_VERSYM = 0x6fffffff;

const DT_NEEDED = 1;
const DT_SONAME = 14;
const DT_RPATH = 15;
const DT_RUNPATH = 29;

const SYMBOL_SIZE = 24;
const WEAK = 2;

/**
 * @returns undefined if it isn't a 64-bit little-endian ELF file
 * @throws RangeError if the file is cut off
 */
export function readSharedLibrary(bytes: Uint8Array): SharedLibrary | undefined {
  if (!MAGIC.every((byte, index) => bytes[index] === byte)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const file = { view, sections: readSections(view) };
  const dynamic = readDynamic(file);
  return { machine: view.getUint16(18, true), ...dynamic, ...readSymbols(file) };
}

interface File {
  view: DataView;
  sections: Section[];
}

const u16 = (view: DataView, at: number) => view.getUint16(at, true);
const u32 = (view: DataView, at: number) => view.getUint32(at, true);
/** Offsets and sizes within a file, all far below 2^53. */
const u64 = (view: DataView, at: number) => Number(view.getBigUint64(at, true));

function readSections(view: DataView): Section[] {
  const [start, size, count] = [u64(view, 40), u16(view, 58), u16(view, 60)];
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * size;
    return {
      type: u32(view, at + 4),
      offset: u64(view, at + 24),
      size: u64(view, at + 32),
      link: u32(view, at + 40),
    };
  });
}

const find = ({ sections }: File, type: number) => sections.find((section) => section.type === type);

/** @returns the text at `offset` in the names that belong to `section` */
function text({ view, sections }: File, section: Section, offset: number): string {
  const start = sections[section.link]!.offset + offset;
  let end = start;
  while (view.getUint8(end) !== 0) end += 1;
  return Buffer.from(view.buffer, view.byteOffset + start, end - start).toString('latin1');
}

function readDynamic(file: File): Pick<SharedLibrary, 'soname' | 'needed' | 'searchPath'> {
  const section = find(file, SHT_DYNAMIC);
  if (!section) return { needed: [], searchPath: [] };
  const entries = Array.from({ length: section.size / 16 }, (_, index) => {
    const at = section.offset + index * 16;
    return { tag: u64(file.view, at), value: u64(file.view, at + 8) };
  });
  const named = (...tags: number[]) =>
    entries.filter(({ tag }) => tags.includes(tag)).map(({ value }) => text(file, section, value));
  return {
    soname: named(DT_SONAME)[0],
    needed: named(DT_NEEDED),
    searchPath: named(DT_RPATH, DT_RUNPATH).flatMap((folders) => folders.split(':')),
  };
}

function readSymbols(file: File): Pick<SharedLibrary, 'exports' | 'imports'> {
  const exports = new Set<string>();
  const imports: Import[] = [];
  const section = find(file, SHT_DYNSYM);
  if (!section) return { exports, imports };
  const versions = readNeededVersions(file);
  const versionOf = find(file, SHT_GNU_VERSYM);
  // The first symbol is a placeholder without a name.
  for (let index = 1; index < section.size / SYMBOL_SIZE; index += 1) {
    const at = section.offset + index * SYMBOL_SIZE;
    const name = text(file, section, u32(file.view, at));
    const defined = u16(file.view, at + 6) !== 0;
    const weak = file.view.getUint8(at + 4) >> 4 === WEAK;
    if (defined) exports.add(name);
    else if (!weak) {
      const version = versionOf && versions.get(u16(file.view, versionOf.offset + index * 2) & 0x7fff);
      imports.push({ name, ...(version && { version }) });
    }
  }
  return { exports, imports };
}

/** @returns the versions of other libraries that symbols refer to, by their numbers */
function readNeededVersions(file: File): Map<number, { library: string; name: string }> {
  const versions = new Map<number, { library: string; name: string }>();
  const section = find(file, SHT_GNU_VERNEED);
  if (!section) return versions;
  const { view } = file;
  for (let at = section.offset, next = -1; next !== 0; at += next) {
    const library = text(file, section, u32(view, at + 4));
    for (let entry = at + u32(view, at + 8), step = -1; step !== 0; entry += step) {
      versions.set(u16(view, entry + 6), { library, name: text(file, section, u32(view, entry + 8)) });
      step = u32(view, entry + 12);
    }
    next = u32(view, at + 12);
  }
  return versions;
}
