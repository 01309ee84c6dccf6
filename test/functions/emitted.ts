/** Reads the log of a function as CloudWatch does: lines in the embedded metric format become metrics. */

/** Returns `Failed{Workflow=pics,Error=CorruptImage} 1 Count` for each metric and each of its sets of dimensions. */
export function metricsIn(log: string): string[] {
  return log
    .split('\n')
    .filter((line) => line.startsWith('{"_aws"'))
    .flatMap((line) => {
      const root = JSON.parse(line) as Document;
      return root._aws.CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
        Metrics.flatMap(({ Name, Unit }) =>
          Dimensions.map((names) => {
            const dimensions = names.map((name) => `${name}=${root[name]}`).join(',');
            return `${Name}{${dimensions}} ${root[Name]} ${Unit}`;
          }),
        ),
      );
    });
}

export interface Document {
  _aws: {
    Timestamp: number;
    CloudWatchMetrics: {
      Namespace: string;
      Dimensions: string[][];
      Metrics: { Name: string; Unit: string }[];
    }[];
  };
  [member: string]: unknown;
}

/** Sets the workflow's name, and captures standard output until it is taken. */
export function captureMetrics(workflow: string): { take(): string[] } {
  const before = process.env['WORKFLOW_NAME'];
  let log = '';
  let write: jest.SpyInstance;
  beforeAll(() => {
    process.env['WORKFLOW_NAME'] = workflow;
    write = jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      log += chunk;
      return true;
    });
  });
  afterAll(() => {
    write.mockRestore();
    if (before === undefined) delete process.env['WORKFLOW_NAME'];
    else process.env['WORKFLOW_NAME'] = before;
  });
  return {
    take() {
      const metrics = metricsIn(log);
      log = '';
      return metrics;
    },
  };
}
