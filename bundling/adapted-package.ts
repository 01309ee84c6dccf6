/** A package of which a build uses a changed copy. */
export interface AdaptedPackage {
  /** What the functions import. */
  name: string;
  /** The folder in the package that holds its modules. */
  folder: string;
  /** Ending of its modules. Other files are not copied. */
  ending: string;
  /**
   * The file to import in place of the package.
   * @default for each path that the package exports to bundlers, the file that it names in package.json
   */
  entry?: string;
  /** Text of files by their paths in the package, made of their original text. `installed` is the folder of the package. */
  changed: Record<string, (original: string, installed: string) => string>;
  /** Text of files that the package itself doesn't have. */
  added?: Record<string, string>;
}
