import { type Counts, finishedIn, type Skipped, WHY } from '../../contract/backfill';
import { plural } from '../../contract/text';

/** What is mailed when a run has ended: one mail, however many images there were. */
export interface Summary {
  /** Of the mail: ASCII, under 100 characters. */
  subject: string;
  text: string;
}

/** What the last state but one hands to the function. */
export interface SummaryRequest {
  summarize: {
    run: string;
    execution: string;
    /** Where the result writer has put the report. */
    manifest: { Bucket: string; Key: string };
  };
}

export function summarize(
  { run, execution, manifest }: SummaryRequest['summarize'],
  counts: Counts,
): Summary {
  const { made, skipped, failed } = counts;
  const failures = Object.entries(failed).sort(([, one], [, other]) => other - one);
  const sum = failures.reduce((total, [, count]) => total + count, 0);
  const alone = Object.entries(skipped).map(([why, count]) => `${count} ${WHY[why as Skipped] ?? why}`);
  return {
    subject: `Backfill: ${made} made, ${sum} failed, ${finishedIn(counts) - made - sum} left alone`,
    text: [
      `The backfill ${run} has ended.`,
      '',
      `Made: ${plural(made, 'image')}`,
      `Failed: ${failures.map(([name, count]) => `${count} ${name}`).join(', ') || 'none'}`,
      `Left alone: ${alone.join(', ') || 'none'}`,
      '',
      'Each image that failed, with the reason:',
      `  npm run backfill -- --report ${run}`,
      `The report: s3://${manifest.Bucket}/${manifest.Key}`,
      `Execution: ${execution}`,
      '',
      'What stopped for other reasons than the image itself, such as too little capacity, is made by the same command again: it leaves alone what is done.',
      '',
    ].join('\n'),
  };
}
