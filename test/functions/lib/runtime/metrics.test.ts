import { ERRORS } from '../../../../contract/vocabulary';
import { embedded, emit, type Metrics, Tally } from '../../../../functions/lib/runtime/metrics';
import { functionTask, THROTTLED } from '../../../../stacks/state-machine/task-state';
import { captureMetrics, type Document, metricsIn } from '../../emitted';
import { NOW } from '../../support';

const occurrence = { workflow: 'pics', level: 'INFO', time: NOW };
const written = captureMetrics('pics');

/** The specification's rules. Each returns a sentence for every violation. */
function breaches(document: Document): string[] {
  const { Timestamp, CloudWatchMetrics } = document._aws;
  const problems: string[] = [];
  const ask = (holds: boolean, rule: string) => {
    if (!holds) problems.push(rule);
  };
  ask(Number.isSafeInteger(Timestamp) && Timestamp > 1e12, 'Timestamp: milliseconds since 1970');
  ask(Buffer.byteLength(JSON.stringify(document)) <= 256 * 1024, 'at most 256 KB');
  for (const { Namespace, Dimensions, Metrics } of CloudWatchMetrics) {
    ask(Namespace.length >= 1 && Namespace.length <= 1024, 'Namespace: 1 to 1,024 characters');
    ask(Dimensions.length >= 1, 'at least one set of dimensions');
    for (const names of Dimensions) {
      ask(names.length <= 30, 'at most 30 dimensions in a set');
      for (const name of names) {
        ask(name.length >= 1 && name.length <= 250, 'a dimension: 1 to 250 characters');
        const value = document[name];
        ask(typeof value === 'string' && value !== '' && value.length <= 1024, `${name}: a text at the root`);
      }
    }
    ask(Metrics.length >= 1 && Metrics.length <= 100, '1 to 100 metrics');
    for (const { Name, Unit } of Metrics) {
      ask(Name.length >= 1 && Name.length <= 1024, 'a metric: 1 to 1,024 characters');
      ask(Number.isFinite(document[Name]), `${Name}: a number at the root`);
      ask(['Count', 'Bytes', 'Seconds'].includes(Unit), `${Name}: a unit of CloudWatch`);
    }
  }
  return problems;
}

const everything: Required<Metrics> = {
  Uploads: 1,
  Thumbnails: 3,
  Rendered: 1,
  ThumbnailBytes: 30_000,
  SourceBytes: 4_000_000,
  Done: 1,
  Failed: 0,
  Superseded: 1,
  StuckRecords: 0,
  BacklogAge: 61.5,
};

describe('a line of metrics', () => {
  test.each([
    ['one metric', { Uploads: 1 }, undefined],
    ['all there are', everything, undefined],
    ['a failure', { Failed: 1 }, 'CorruptImage'],
  ])('keeps to the specification: %s', (_, metrics, error) => {
    expect(breaches(embedded({ ...occurrence, metrics, error }) as Document)).toEqual([]);
  });

  test('is exactly this', () => {
    expect(embedded({ ...occurrence, metrics: { Thumbnails: 2, ThumbnailBytes: 900 } })).toEqual({
      _aws: {
        Timestamp: NOW.getTime(),
        CloudWatchMetrics: [
          {
            Namespace: 'ThumbnailWorkflow',
            Dimensions: [['Workflow']],
            Metrics: [
              { Name: 'Thumbnails', Unit: 'Count' },
              { Name: 'ThumbnailBytes', Unit: 'Bytes' },
            ],
          },
        ],
      },
      level: 'INFO',
      timestamp: '2026-03-12T02:08:00.000Z',
      Workflow: 'pics',
      Thumbnails: 2,
      ThumbnailBytes: 900,
    });
  });

  test('has the unit of each metric', () => {
    const all = { Uploads: 1, Thumbnails: 1, ThumbnailBytes: 1, Rendered: 1, SourceBytes: 1, Done: 1 };
    const more = { Failed: 1, Superseded: 1, StuckRecords: 1, BacklogAge: 1 };
    const line = JSON.stringify(embedded({ ...occurrence, metrics: { ...all, ...more } }));
    expect(metricsIn(line).map((each) => each.replace('{Workflow=pics} 1', ''))).toEqual([
      'Uploads Count',
      'Thumbnails Count',
      'ThumbnailBytes Bytes',
      'Rendered Count',
      'SourceBytes Bytes',
      'Done Count',
      'Failed Count',
      'Superseded Count',
      'StuckRecords Count',
      'BacklogAge Seconds',
    ]);
  });

  test("counts a failure in total and by its error's name", () => {
    const line = JSON.stringify(embedded({ ...occurrence, metrics: { Failed: 1 }, error: 'EmptyObject' }));
    expect(metricsIn(line)).toEqual([
      'Failed{Workflow=pics} 1 Count',
      'Failed{Workflow=pics,Error=EmptyObject} 1 Count',
    ]);
  });

  const own = Object.keys(ERRORS);
  const { Retry } = functionTask('', 5, 'image', '');
  const retried = Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
  // Neither reaches Quarantine: one isn't a failure, and the other waits in the backlog.
  const failures = new Set(
    [...own, ...retried].filter((name) => name !== 'Superseded' && name !== THROTTLED),
  );

  test.each([
    ...failures,
    'AccessDenied',
    'AccessDeniedException',
    'AuthorizationErrorException',
    'KMSAccessDeniedException',
    'InvalidRequest',
    'InvalidObjectState',
  ])('knows the name %s', (error) => {
    expect(embedded({ ...occurrence, metrics: { Failed: 1 }, error })).toMatchObject({ Error: error });
  });

  test.each(['TypeError', 'Whatever the content of an image made of it', ''])(
    'counts %j as Other, because each name is billed',
    (error) => {
      expect(embedded({ ...occurrence, metrics: { Failed: 1 }, error })).toMatchObject({ Error: 'Other' });
    },
  );
});

describe('what is written', () => {
  afterEach(() => {
    delete process.env['AWS_LAMBDA_LOG_LEVEL'];
  });

  test('is one line, of the level INFO where nothing else is set', () => {
    emit({ Done: 1, Failed: 0 });
    const line = jest.mocked(process.stdout.write).mock.lastCall?.[0] as string;
    expect(JSON.parse(line)).toMatchObject({ level: 'INFO' });
    expect(written.take()).toEqual(['Done{Workflow=pics} 1 Count', 'Failed{Workflow=pics} 0 Count']);
  });

  test.each(['WARN', 'FATAL'])("has the function's level %s, so that the filter lets it through", (level) => {
    process.env['AWS_LAMBDA_LOG_LEVEL'] = level;
    emit({ Done: 1 });
    const line = jest.mocked(process.stdout.write).mock.lastCall?.[0] as string;
    expect(line.endsWith('}\n')).toBe(true);
    expect(JSON.parse(line)).toMatchObject({ level, Done: 1 });
    written.take();
  });

  test('is the tally of a run, on one line', () => {
    const tally = new Tally();
    tally.add({ SourceBytes: 5_000 });
    tally.add({ Thumbnails: 1, ThumbnailBytes: 300 });
    tally.add({ Thumbnails: 1, ThumbnailBytes: 200 });
    tally.emit();
    expect(written.take()).toEqual([
      'SourceBytes{Workflow=pics} 5000 Bytes',
      'Thumbnails{Workflow=pics} 2 Count',
      'ThumbnailBytes{Workflow=pics} 500 Bytes',
    ]);
  });

  test('is nothing if nothing was counted', () => {
    jest.mocked(process.stdout.write).mockClear();
    new Tally().emit();
    expect(process.stdout.write).not.toHaveBeenCalled();
  });

  test('is nothing outside a workflow', () => {
    delete process.env['WORKFLOW_NAME'];
    emit({ Done: 1 });
    process.env['WORKFLOW_NAME'] = 'pics';
    expect(written.take()).toEqual([]);
  });

  test('never causes a function to fail', () => {
    const warned = jest.spyOn(console, 'warn').mockImplementation();
    const broken = new Error('EPIPE');
    jest.mocked(process.stdout.write).mockImplementationOnce(() => {
      throw broken;
    });
    expect(() => emit({ Done: 1 })).not.toThrow();
    expect(warned).toHaveBeenCalledWith('Expected to write metrics but could not:', broken);
    warned.mockRestore();
  });
});
