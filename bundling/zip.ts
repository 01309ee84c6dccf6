/** Deployment packages that depend on their content only: same files, same bytes, whatever the machine. */
import { zipSync } from 'fflate';

/** Content by path inside the package; paths use `/`. */
export type Files = Map<string, Uint8Array>;

/** Quotas of a package that is uploaded directly, not through S3: docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const ZIPPED_LIMIT = 50 * 1024 * 1024;
const UNZIPPED_LIMIT = 250 * 1024 * 1024;

/** The oldest date a zip can hold, in local time because that is what a zip stores. */
const MODIFIED = new Date(1980, 0, 1);

/** A regular file readable by everyone: Lambda's user isn't the owner of what is unpacked. */
const ATTRIBUTES = 0o100644 << 16;
const UNIX = 3;

/**
 * @param name of the function, for the error message
 * @throws when the package exceeds what Lambda takes
 */
export function packageFiles(name: string, files: Files): Uint8Array {
  const paths = [...files.keys()].sort();
  const unzipped = paths.reduce((sum, path) => sum + files.get(path)!.length, 0);
  refuseAbove(UNZIPPED_LIMIT, unzipped, `the unpacked package of ${name}`);
  const zip = zipSync(
    Object.fromEntries(paths.map((path) => [path, files.get(path)!])),
    // fflate takes the attributes as a signed 32-bit number, as they stand in the central directory.
    // Level 9 takes twice as long and saves a thousandth.
    { level: 6, mtime: MODIFIED, os: UNIX, attrs: ATTRIBUTES },
  );
  refuseAbove(ZIPPED_LIMIT, zip.length, `the zipped package of ${name}`);
  return zip;
}

function refuseAbove(limit: number, bytes: number, what: string): void {
  if (bytes > limit) {
    throw new Error(
      `Expected at most ${limit} bytes for ${what} but received ${bytes}: Lambda takes no more.`,
    );
  }
}
