/** The lines that a function logged. What is JSON unfolds. */
import { printable } from '../../../contract/text.js';
import { Missing } from './missing.js';
import { html, useState } from './preact.js';
import { TreeBox } from './tree.js';
import { timeOf } from './words.js';

/** Characters of a line that are shown while it is folded. */
const SHORT = 160;

/** @param {{ log: import('../api').Visit['log'] }} props */
export function Log({ log }) {
  if ('missing' in log) return html`<${Missing} what="No log" why=${log.missing} />`;
  if (log.value.length === 0) return html`<p class="quiet">The function logged nothing.</p>`;
  return html`<div class="log" tabindex="0" role="region" aria-label="Log lines">
    ${log.value.map((line, index) => html`<${Line} key=${index} ...${line} />`)}
  </div>`;
}

/** @param {{ time: number, text: string }} props */
function Line({ time, text }) {
  const [open, setOpen] = useState(false);
  const summary = summaryOf(text);
  const when = html`<time datetime=${new Date(time).toISOString()}>${timeOf(time)}</time>`;
  if (summary === undefined)
    return html`<p>${when} ${text.trimEnd().split('\n').map(printable).join('\n')}</p>`;
  const toggle = (/** @type {Event} */ event) =>
    setOpen(/** @type {HTMLDetailsElement} */ (event.currentTarget).open);
  return html`
    <details onToggle=${toggle}>
      <summary>${when} ${printable(summary)}</summary>
      ${open && html`<${TreeBox} label="log line" text=${text} />`}
    </details>
  `;
}

/**
 * The names in a line of metrics, which say more than its namespace: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * @param {{ CloudWatchMetrics?: { Metrics?: { Name?: unknown }[] }[] } | undefined} aws
 */
const metricsIn = (aws) =>
  aws?.CloudWatchMetrics?.flatMap(({ Metrics = [] }) => Metrics.map(({ Name }) => String(Name))).join(', ');

/**
 * What a line of JSON says, in the fields that Lambda and most loggers use.
 *
 * @param {string} text
 * @returns {string | undefined} undefined if it is no JSON object
 */
export function summaryOf(text) {
  try {
    const line = JSON.parse(text);
    if (typeof line !== 'object' || line === null) return undefined;
    const { level, type, message, msg, record } = line;
    const metrics = metricsIn(message?._aws ?? line._aws);
    if (metrics) return `metrics ${metrics}`;
    const { errorType, errorMessage, name } = message ?? {};
    const said = [errorMessage ? `${name ?? errorType}: ${errorMessage}` : (message ?? msg), record?.status];
    const parts = [level, type, ...said].filter((part) => typeof part === 'string');
    const rest = typeof said[0] === 'string' || type ? '' : text;
    const summary = [...parts, rest].filter(Boolean).join(' ').replaceAll('\n', ' ');
    return summary.length > SHORT ? `${summary.slice(0, SHORT)}…` : summary;
  } catch {
    return undefined;
  }
}
