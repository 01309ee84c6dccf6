/** What an execution did: as one line, as a drawing in the terminal, and where the boxes and lines of any drawing go. */

export type { Definition } from './edges';
export { focus } from './focus';
export { type Layout, layout } from './layout';
export { formatDuration, pathLine, type StateSummary, type Summary, summarize } from './summary';
export { type RenderOptions, renderGraph } from './terminal';
