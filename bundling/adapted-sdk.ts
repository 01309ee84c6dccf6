/**
 * The packages that all AWS clients share, without parts that no function runs. Each part says so if it is run after all.
 */
import type { AdaptedPackage } from './adapted-package';

/** Files whose functions and methods throw. */
const LEFT_OUT = {
  // Waits between the attempts of the retry mode "adaptive".
  rateLimiter: 'dist-es/submodules/retry/util-retry/DefaultRateLimiter.js',
  // Asks the metadata of an EC2 instance for the region, which Lambda puts into AWS_REGION.
  instanceMetadata: 'dist-es/submodules/config/config-resolver/regionConfig/getInstanceMetadataRegion.js',
  // Signs messages of event streams.
  eventHeaders: 'dist-es/HeaderFormatter.js',
};

const SHARED = { folder: 'dist-es', ending: '.js' };

/** The packages. They are imported by many paths, all of which package.json lists, except for the last one. */
export const SDK: AdaptedPackage[] = [
  {
    ...SHARED,
    name: '@smithy/core',
    changed: {
      [LEFT_OUT.rateLimiter]: (original) => leftOut(original, LEFT_OUT.rateLimiter),
      [LEFT_OUT.instanceMetadata]: (original) => leftOut(original, LEFT_OUT.instanceMetadata),
      'dist-es/submodules/checksum/sha256/Sha256Node.js': withNodesHash,
      'dist-es/submodules/checksum/md5/Md5Node.js': withNodesHash,
    },
  },
  {
    ...SHARED,
    name: '@aws-sdk/checksums',
    changed: { 'dist-es/submodules/sha/sha1/Sha1Node.js': withNodesHash },
  },
  {
    ...SHARED,
    name: '@aws-sdk/core',
    changed: { 'dist-es/submodules/client/util-endpoints/lib/aws/partitions.js': withoutDescriptions },
  },
  {
    ...SHARED,
    name: '@smithy/signature-v4',
    entry: 'dist-es/index.js',
    changed: { [LEFT_OUT.eventHeaders]: (original) => leftOut(original, LEFT_OUT.eventHeaders) },
  },
];

/**
 * What a module exports, with functions and methods that throw. A class can still be made, because some are made for later.
 *
 * @throws Error if the module exports nothing, or anything but functions and classes with methods
 */
export function leftOut(original: string, path: string): string {
  const message = `${path.split('/').at(-1)} is not part of the bundles: to use it, remove it from bundling/adapted-sdk.ts.`;
  const methods = [...original.matchAll(/^ {4}(?:async )?(\w+)\([^()]*\) \{$/gm)]
    .map(([, method]) => method!)
    .filter((method) => method !== 'constructor');
  const exported = [...original.matchAll(/^export (.*)$/gm)].map(([, text]) => {
    const [, variable] = /^const (\w+) = (?:async )?\(/.exec(text!) ?? [];
    if (variable) return `export const ${variable} = unused;`;
    const [, type] = /^class (\w+) \{$/.exec(text!) ?? [];
    if (!type || methods.length === 0) throw otherVersion(path);
    return `export class ${type} { ${methods.map((method) => `${method} = unused;`).join(' ')} }`;
  });
  if (exported.length === 0) throw otherVersion(path);
  return [`const unused = () => { throw new Error(${JSON.stringify(message)}); };`, ...exported].join('\n');
}

/** Takes Node's own hash without trying whether Node has it. Otherwise the bundle needs another one, written in JavaScript. */
export function withNodesHash(original: string): string {
  return replaced(
    replaced(original, /^const hasNativeCrypto = \(\(\) => \{\n[\s\S]*?^\}\)\(\);\n/m, ''),
    /hasNativeCrypto \? buildNativeClass\(\) : \w+Js;/,
    '/* @__PURE__ */ buildNativeClass();',
  );
}

/** Removes what AWS's regions are called in English. */
export function withoutDescriptions(original: string): string {
  return replaced(original, /"description": "[^"]*"/g, '');
}

function replaced(original: string, what: RegExp, by: string): string {
  const text = original.replace(what, by);
  if (text === original) throw otherVersion(String(what));
  return text;
}

const otherVersion = (what: string) =>
  new Error(
    `Expected the AWS SDK to be written as when bundling/adapted-sdk.ts was but it is not (${what}): go back to its previous ` +
      'version, or adapt bundling/adapted-sdk.ts.',
  );
