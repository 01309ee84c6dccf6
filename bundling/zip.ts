/** Writes deployment packages that depend on their content only: the same files give the same bytes on every machine. */
import { zipSync } from 'fflate';

/** Content by path inside the package; paths use `/`. */
export type Files = Map<string, Uint8Array>;

/**
 * Limits of a package that is uploaded directly, not through S3:
 * docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const ZIPPED_LIMIT = 50 * 1024 * 1024;
const UNZIPPED_LIMIT = 250 * 1024 * 1024;

/** The earliest date that a zip can hold, in local time because that is what a zip stores. */
const MODIFIED = new Date(1980, 0, 1);

/** A regular file that everyone can read: on Lambda the code runs as another user than the owner of the files. */
const ATTRIBUTES = 0o100644 << 16;
const UNIX = 3;

/**
 * @param name of the function, for the error message
 * @throws if the package is larger than Lambda accepts
 */
export function packageFiles(name: string, files: Files): Uint8Array {
  const paths = [...files.keys()].sort();
  const unzipped = paths.reduce((sum, path) => sum + files.get(path)!.length, 0);
  refuseAbove(UNZIPPED_LIMIT, unzipped, `the unpacked package of ${name}`);
  const zip = zipSync(
    Object.fromEntries(paths.map((path) => [path, files.get(path)!])),
    // fflate takes the attributes as a signed 32-bit number, as the central directory stores them. Level 9 takes twice as
    // long and saves only a thousandth.
    { level: 6, mtime: MODIFIED, os: UNIX, attrs: ATTRIBUTES },
  );
  refuseAbove(ZIPPED_LIMIT, zip.length, `the zipped package of ${name}`);
  return zip;
}

function refuseAbove(limit: number, bytes: number, what: string): void {
  if (bytes > limit) {
    throw new Error(
      `Expected at most ${limit} bytes for ${what}, which is Lambda's limit, but received ${bytes}.`,
    );
  }
}
