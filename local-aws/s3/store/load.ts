import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Version } from './version';

/**
 * Reads the metadata of all versions in a bucket, and removes what a crash has left: bytes that no metadata refers to,
 * half-written metadata, and bodies that were being received.
 *
 * @returns the versions of each key, the newest first
 */
export function loadVersions(objects: string, incoming: string): Map<string, Version[]> {
  rmSync(incoming, { recursive: true, force: true });
  mkdirSync(incoming, { recursive: true });
  mkdirSync(objects, { recursive: true });
  const versions = new Map<string, Version[]>();
  for (const name of readdirSync(objects)) {
    const ofKey = loadKey(join(objects, name));
    if (ofKey.length > 0) versions.set(ofKey[0]!.key, ofKey);
  }
  return versions;
}

function loadKey(directory: string): Version[] {
  const names = readdirSync(directory);
  const versions = names
    .filter((name) => name.endsWith('.json'))
    .map((name) => readJson<Version>(join(directory, name)))
    .sort((a, b) => (a.sequencer < b.sequencer ? 1 : -1));
  const files = new Set(versions.flatMap((version) => (version.deleteMarker ? [] : version.file)));
  const left = names.filter((name) => !name.endsWith('.json') && !files.has(name));
  for (const name of left) rmSync(join(directory, name));
  if (versions.length === 0) rmdirSync(directory);
  return versions;
}

/** @throws Error that names the file if it isn't valid JSON: it was changed by hand, or the disk is damaged */
export function readJson<T>(path: string): T {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(
      `Expected object metadata in ${path}, but it cannot be read. Remove the file, or begin with an empty data folder.`,
      {
        cause: error,
      },
    );
  }
}
