/** What an execution did: as one line, and as a drawing in the terminal. */

export type { Definition } from './edges';
export { focus } from './focus';
export { formatDuration, pathLine, type StateSummary, type Summary, summarize } from './summary';
export { type RenderOptions, renderGraph } from './terminal';
