/** Reads what each source file of the project imports from other files of the project. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { parseSync } from '@swc/core';

/** One import. Both paths are relative to the root of the project and use `/`. */
export interface Import {
  from: string;
  line: number;
  to: string;
}

const SOURCE = /\.(ts|mts|cts|js|mjs|cjs)$/;

/** Every source file that Git tracks or could add, without examples, which are plain web pages. */
export function sourceFiles(root: string): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  return [...new Set(listed.split('\0'))].filter((file) => SOURCE.test(file) && existsSync(join(root, file)));
}

/** Imports of the project's own files, in the order of the files. Packages are left out. */
export function readImports(root: string, files = sourceFiles(root)): Import[] {
  return files.flatMap((from) => {
    const source = readFileSync(join(root, from), 'utf8');
    return specifiers(source)
      .filter(({ name }) => name.startsWith('.'))
      .map(({ name, line }) => ({ from, line, to: resolve(root, from, name) }))
      .filter((read): read is Import => read.to !== undefined);
  });
}

/** What a source text imports, with the lines: `import`, `export … from`, `require` and types. */
export function specifiers(source: string): { name: string; line: number }[] {
  const bytes = Buffer.from(source);
  // The parser counts bytes from 1, and its own `span` starts after leading comments.
  const lineAt = (position: number) =>
    bytes
      .subarray(0, position - 1)
      .toString()
      .split('\n').length;
  const found: { name: string; line: number }[] = [];
  visit(parseSync(source, { syntax: 'typescript', target: 'es2022' }), (node) => {
    const literal = specifierOf(node);
    if (literal) found.push({ name: literal.value, line: lineAt(literal.span.start) });
  });
  return found;
}

interface Node {
  type: string;
  [field: string]: unknown;
}

interface Literal extends Node {
  value: string;
  span: { start: number };
}

/** The string literal that names the imported file, if this node of the syntax tree is an import. */
function specifierOf(node: Node): Literal | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return literal(node['source']);
    case 'TsImportType':
      return literal(node['argument']);
    case 'TsExternalModuleReference':
      return literal(node['expression']);
    case 'CallExpression':
      return isImportCall(node['callee'] as Node) ? literal(firstArgument(node)) : undefined;
    default:
      return undefined;
  }
}

function isImportCall(callee: Node): boolean {
  if (callee.type === 'Import') return true;
  if (callee.type === 'Identifier') return callee['value'] === 'require';
  // `require.resolve`, `jest.mock`, `jest.requireActual` and similar calls load a file too.
  if (callee.type !== 'MemberExpression') return false;
  const { object, property } = callee as unknown as { object: Node; property: Node };
  return object['value'] === 'jest' || (object['value'] === 'require' && property['value'] === 'resolve');
}

function firstArgument(call: Node): unknown {
  return (call['arguments'] as { expression: unknown }[])[0]?.expression;
}

function literal(value: unknown): Literal | undefined {
  const node = value as Node | null | undefined;
  return node?.type === 'StringLiteral' ? (node as Literal) : undefined;
}

function visit(value: unknown, meet: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, meet);
  else if (value !== null && typeof value === 'object') {
    if (typeof (value as Node).type === 'string') meet(value as Node);
    for (const child of Object.values(value)) visit(child, meet);
  }
}

const ENDINGS = ['', '.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '/index.ts', '/index.js'];

/**
 * The file that is imported, or undefined if the project has no such file. The compiler reports missing files, and the
 * files in bundling/substitutes/ import files of the package that they are bundled into.
 */
function resolve(root: string, from: string, name: string): string | undefined {
  const path = posix.join(dirname(from), name);
  if (path.startsWith('node_modules/')) return undefined;
  // A page names what the server makes of a source file.
  const candidates = [...ENDINGS.map((ending) => path + ending), path.replace(/\.js$/, '.ts')];
  return candidates.find((candidate) => isFile(join(root, candidate)));
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
