/** What a measurement may be asked for. */
export interface BenchOptions {
  /** How often each is measured. */
  runs?: number;
  /** Folder of pictures to measure with as well. */
  images?: string;
  /** Images of the longest run of the whole workflow. */
  count?: number;
}
