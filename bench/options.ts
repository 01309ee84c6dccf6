/** What all measurements can be told on the command line. */
export interface BenchOptions {
  /** How often to measure each. */
  runs?: number;
  /** A folder with pictures to measure as well. */
  images?: string;
  /** Number of images in the longest run of the whole workflow. */
  count?: number;
  /** Part of the names of the hostile files to measure. */
  hazard?: string;
}
