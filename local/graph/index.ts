/** What an execution did, as a line, as a drawing in the terminal, and as a picture. */

export type { Definition } from './edges';
export { formatDuration, pathLine, type StateSummary, type Summary, summarize } from './summary';
export { renderSvg } from './svg';
export { type RenderOptions, renderGraph } from './terminal';
