/**
 * What every bundle begins with. Stack traces name the lines of the TypeScript sources, as with Node's
 * `--enable-source-maps`, but the source map is read when the first stack trace is, not at every start.
 */
import { readFileSync } from 'node:fs';
import type { SourceMap, SourceMapPayload } from 'node:module';
import { resolve } from 'node:path';

let map: SourceMap | undefined;

Error.prepareStackTrace = (error, frames) =>
  [headOf(error), ...frames.map((frame, at) => `    at ${textOf(frame, frames[at + 1])}`)].join('\n');

/** As Node writes it: its own errors have a code in brackets. */
function headOf(error: Error & { code?: unknown }): string {
  try {
    const isOfNode = typeof error.code === 'string' && error.code.startsWith('ERR_');
    return isOfNode ? String(error) : Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

function textOf(frame: NodeJS.CallSite, caller: NodeJS.CallSite | undefined): string {
  const origin = originOf(frame, frame.getLineNumber(), frame.getColumnNumber());
  if (!origin) return String(frame);
  const place = `${resolve(__dirname, origin.originalSource)}:${origin.originalLine + 1}:${origin.originalColumn + 1}`;
  // Where a function begins, and where it is called, the map has its name.
  const name =
    originOf(frame, frame.getEnclosingLineNumber(), frame.getEnclosingColumnNumber())?.name ??
    (caller && originOf(caller, caller.getLineNumber(), caller.getColumnNumber())?.name) ??
    frame.getFunctionName();
  const prefix = frame.isAsync() ? 'async ' : '';
  return name ? `${prefix}${name} (${place})` : `${prefix}${place}`;
}

interface Origin {
  name?: string;
  originalSource: string;
  originalLine: number;
  originalColumn: number;
}

/** @param line @param column from 1 */
function originOf(frame: NodeJS.CallSite, line: number | null, column: number | null): Origin | undefined {
  if (frame.getFileName() !== __filename || line === null || column === null) return undefined;
  map ??= mapOf(read());
  const entry = map.findEntry(line - 1, column - 1) as Partial<Origin>;
  return entry.originalSource === undefined ? undefined : (entry as Origin);
}

/** Loads Node's module only now: it would be a part of every start. */
function mapOf(payload: SourceMapPayload): SourceMap {
  const node = require('node:module') as typeof import('node:module');
  return new node.SourceMap(payload);
}

/** A trace without the names of the sources says more than the error that there is no map. */
function read(): SourceMapPayload {
  try {
    return JSON.parse(readFileSync(`${__filename}.map`, 'utf8')) as SourceMapPayload;
  } catch {
    return {
      version: 3,
      file: '',
      sources: [],
      sourcesContent: [],
      names: [],
      mappings: '',
      sourceRoot: '',
    };
  }
}
