/** A package of which a build uses a changed copy. */
export interface AdaptedPackage {
  /** What the functions import. */
  name: string;
  /** The folder in the package that holds its modules. */
  folder: string;
  /** Ending of its modules. Other files are not copied. */
  ending: string;
  /** The file to import in place of the package. */
  entry: string;
  /** Text of files by their paths in the package, made of their original text. */
  changed: Record<string, (original: string) => string>;
  /** Text of files that the package itself doesn't have. */
  added?: Record<string, string>;
}
