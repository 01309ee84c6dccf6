/** Checks every event pattern that the stack can have with AWS's own matcher (github.com/aws/event-ruler). */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilePattern } from '../../../local-aws/events/pattern';
import { SETTINGS } from '../../fixtures/settings';
import { synthesize } from '../../stacks/synthesized';
import { describeWith, findReferee } from '../referee';

interface Answer {
  /** Why the pattern is invalid. */
  refusal: string | null;
  complexity: number;
  /** For each event, whether it matches. */
  matches: boolean[];
}

/** The limit behind "Rule is too complex": in public reports, 12 and 16 were refused, and 8 and 9 accepted. */
const GREATEST_COMPLEXITY = 10;

const folder = findReferee('event-ruler');

/** As many suffixes as the settings allow, each as long as possible. */
const MANY_SUFFIXES = Array.from({ length: 30 }, (_, index) => `suffix${String(index).padStart(4, '0')}`);

const VARIANTS: Record<string, Record<string, unknown>> = {
  ...SETTINGS,
  'as many suffixes as the settings take': { uploads: { suffixes: MANY_SUFFIXES } },
  'as many suffixes as the settings take, below a prefix': {
    uploads: { prefix: 'photos/', suffixes: MANY_SUFFIXES },
  },
  'a prefix of characters that mean something in a pattern': { uploads: { prefix: 'a*b\\c/"é' } },
};

const EVENTS = join(__dirname, '../../fixtures/events');
const KEYS = [
  'a.jpg',
  'a.JpG',
  'uploads/a.jpg',
  'uploads/a.JPG',
  'uploads/a.Jpg',
  'uploads/a.jPg',
  'uploads/x/y.webp',
  'uploads/a.txt',
  'uploads/.jpg',
  'uploads/a.jpg/',
  'photos/ä*b\\c.png',
  'photos/a.suffix0029',
  'a*b\\c/"é.jpg',
  'aXb\\c/"é.jpg',
  'thumbnails/uploads/a.jpg/small.jpg',
];

// biome-ignore lint/suspicious/noExplicitAny: events and patterns are JSON of several shapes
type Json = any;

/** Each event that S3 sends, with each of the names, once for a full and once for an empty object. */
function events(bucket: string): Json[] {
  return readdirSync(EVENTS).flatMap((file) => {
    const event = JSON.parse(readFileSync(join(EVENTS, file), 'utf8'));
    const sizes = 'size' in event.detail.object ? [0, 466_123] : [undefined];
    return KEYS.flatMap((key) =>
      sizes.map((size) => ({
        ...event,
        detail: {
          ...event.detail,
          bucket: { name: bucket },
          object: { ...event.detail.object, key, ...(size !== undefined && { size }) },
        },
      })),
    );
  });
}

function patternsOf(settings: Record<string, unknown>): Json[] {
  return Object.values(synthesize(settings).resource['aws_cloudwatch_event_rule']!)
    .filter((rule) => rule['event_pattern'])
    .map((rule) => JSON.parse(rule['event_pattern'].replace(/\$\{[^}]+\}/g, 'the-bucket')));
}

/** Sends all questions to one Java process, which takes seconds to start. */
function ask(questions: { pattern: Json; events: Json[] }[]): Answer[] {
  const { status, stdout, stderr } = spawnSync(
    'java',
    ['-cp', join(folder!, '*'), join(__dirname, 'Driver.java')],
    {
      input: questions.map((question) => JSON.stringify(question)).join('\n'),
      encoding: 'utf8',
      maxBuffer: 1e8,
    },
  );
  if (status !== 0) throw new Error(`The driver of event-ruler ended with ${status}: ${stderr}`);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describeWith(folder)("AWS's own matcher of event patterns", () => {
  const questions = folder
    ? Object.entries(VARIANTS).flatMap(([name, settings]) =>
        patternsOf(settings).map((pattern) => ({
          name: `${name}, ${pattern['detail-type'][0]}`,
          pattern,
          events: events(pattern.detail.bucket.name[0]),
        })),
      )
    : [];
  let answers: Map<string, Answer>;
  beforeAll(() => {
    const all = ask(questions);
    answers = new Map(questions.map(({ name }, index) => [name, all[index]!]));
  }, 120_000);

  test.each(questions)('accepts the pattern of settings/$name', ({ name }) => {
    const { refusal, complexity } = answers.get(name)!;
    expect(refusal).toBeNull();
    expect(complexity).toBeLessThanOrEqual(GREATEST_COMPLEXITY);
  });

  test.each(questions)('decides as the engine does: settings/$name', ({ name, pattern, events }) => {
    const matches = compilePattern(pattern);
    const decided = (by: (event: Json, index: number) => boolean) =>
      events.map((event, index) => [event['detail-type'], event.detail.object.key, by(event, index)]);
    const { matches: theirs } = answers.get(name)!;
    expect(theirs).toContain(true);
    expect(decided((event) => matches(event))).toEqual(decided((_event, index) => theirs[index]!));
  });
});
