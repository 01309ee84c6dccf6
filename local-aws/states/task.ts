/** Runs the Task states of one execution: calls the service, and writes the outcome of each attempt into the history. */

import { AwsError } from '../service';
import { inputDetails, outputDetails, type Recorder } from './history';
import { parseResource, type TaskResource } from './resource';

/** What Task states call, always with the role of their state machine. */
export interface TaskServices {
  /**
   * Rejects with an Error whose name is the errorType and whose message is the JSON cause if the function fails, and with
   * an {@link AwsError} if Lambda does.
   */
  invokeFunction(functionArn: string, payload: unknown, principalArn: string): Promise<unknown>;
  /** SNS Publish, with the names of its API. */
  publish(input: Record<string, unknown>, principalArn: string): Promise<object>;
  /** SQS SendMessage, with the names of its API. */
  sendMessage(input: Record<string, unknown>, principalArn: string): Promise<object>;
  /** EventBridge PutEvents, with the names of its API. */
  putEvents(input: Record<string, unknown>, principalArn: string): Promise<PutEventsAnswer>;
}

/** What PutEvents answers, as much as decides whether a task has failed. */
interface PutEventsAnswer {
  /** More than 0 if EventBridge did not accept each event. */
  FailedEntryCount: number;
}

/**
 * The most bytes of input or output of a task, a state or an execution:
 * docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const DATA_LIMIT = 256 * 1024;

const TIMED_OUT = 'States.Timeout';

/** An error that no Retry and no Catch matches in the interpreter. */
export class FatalError extends Error {
  readonly isRetryable = false;
  readonly isCatchable = false;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** @throws FatalError `States.DataLimitExceeded` if the data has more than 256 KiB as JSON */
export function checkSize(what: string, data: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(data) ?? '');
  if (bytes > DATA_LIMIT) {
    throw new FatalError(
      'States.DataLimitExceeded',
      `Expected at most ${DATA_LIMIT} bytes for the ${what} but received ${bytes}`,
    );
  }
}

/** Lambda's own errors that Step Functions passes on by name; every other one becomes `Lambda.AWSLambdaException`. */
const LAMBDA_ERRORS = ['TooManyRequestsException', 'ServiceException', 'ResourceNotFoundException'];

const SERVICE_NAMES = { lambda: 'Lambda', sns: 'SNS', sqs: 'SQS', events: 'EventBridge' };

/** Words an error as Step Functions does. */
function withName(error: unknown, service: keyof typeof SERVICE_NAMES): Error {
  if (!(error instanceof AwsError)) return error as Error;
  const code = error.code
    .split('.')
    .at(-1)!
    .replace(/(Exception)?$/, 'Exception');
  const known = service !== 'lambda' || LAMBDA_ERRORS.includes(code);
  const result = new Error(
    `${error.message} (Service: ${SERVICE_NAMES[service]}; Status Code: ${error.status}; Error Code: ${error.code})`,
  );
  result.name = `${SERVICE_NAMES[service]}.${known ? code : 'AWSLambdaException'}`;
  return result;
}

export interface TaskContext {
  services: TaskServices;
  principalArn: string;
  region: string;
  executionArn: string;
  machineArn: string;
  record: Recorder;
  /** Rejects when the execution has ended. */
  over: Promise<never>;
}

/** One Task state of one execution, over all its attempts. */
export class Task {
  private readonly resource: TaskResource;
  private readonly timeout: unknown;
  /** Event names are `<prefix>Scheduled` and so on. */
  private readonly prefix: string;
  /** How the events of an integration describe it. */
  private readonly about: Record<string, unknown>;
  /** Counts attempts. An answer that comes after its attempt has ended is dropped. */
  private attempt = 0;
  private running = false;

  constructor(
    state: Record<string, unknown>,
    private readonly context: TaskContext,
  ) {
    this.resource = parseResource(String(state['Resource']));
    this.timeout = state['TimeoutSeconds'];
    this.prefix = this.resource.kind === 'function' ? 'LambdaFunction' : 'Task';
    this.about =
      this.resource.kind === 'function'
        ? {}
        : { resourceType: this.resource.service, resource: this.resource.action };
  }

  /** The interpreter's handler: gets what `Parameters` made of the input, returns the result. */
  async run(input: unknown): Promise<unknown> {
    // The interpreter reports in the background, so its earlier reports must reach the history first.
    await Promise.race([new Promise(setImmediate), this.context.over]);
    // Counted only now, because reports until here belong to the previous attempt.
    const attempt = ++this.attempt;
    checkSize('input of the task', input);
    this.scheduled(input);
    try {
      const result = await Promise.race([this.call(input), this.context.over]);
      checkSize('result of the task', result);
      if (attempt === this.attempt) this.ended('Succeeded', outputDetails(result));
      return result ?? null;
    } catch (error) {
      const cause = withName(error, this.resource.kind === 'function' ? 'lambda' : this.resource.service);
      if (attempt === this.attempt) this.ended('Failed', { error: cause.name, cause: cause.message });
      throw cause;
    }
  }

  /** The interpreter no longer waits. */
  timedOut(): void {
    this.attempt++;
    this.ended('TimedOut', { error: TIMED_OUT });
  }

  private scheduled(input: unknown): void {
    const timeout = this.timeout === undefined ? {} : { timeoutInSeconds: this.timeout };
    const { record, region } = this.context;
    const request =
      this.resource.kind === 'function'
        ? { ...inputDetails(input), resource: this.resource.arn }
        : { ...this.about, region, parameters: JSON.stringify(input) };
    this.running = true;
    record(`${this.prefix}Scheduled`, { ...request, ...timeout });
    record(`${this.prefix}Started`, this.about);
  }

  private ended(outcome: 'Succeeded' | 'Failed' | 'TimedOut', details: Record<string, unknown>): void {
    if (!this.running) return;
    this.running = false;
    this.context.record(`${this.prefix}${outcome}`, { ...this.about, ...details });
  }

  private call(input: unknown): Promise<unknown> {
    const { services, principalArn } = this.context;
    if (this.resource.kind === 'function') {
      return services.invokeFunction(this.resource.arn, input, principalArn);
    }
    const request = input as Record<string, unknown>;
    switch (this.resource.action) {
      case 'invoke':
        return invoke(request, services, principalArn);
      case 'publish':
        return services.publish(withText(request, 'Message'), principalArn);
      case 'sendMessage':
        return services.sendMessage(withText(request, 'MessageBody'), principalArn);
      case 'putEvents':
        return this.putEvents(request);
    }
  }

  /**
   * Step Functions names the execution and the machine in each event, and fails if one of the events isn't accepted:
   * docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html
   */
  private async putEvents({ Entries }: Record<string, unknown>): Promise<object> {
    const { services, principalArn, executionArn, machineArn } = this.context;
    const entries = (Array.isArray(Entries) ? Entries : []) as Record<string, unknown>[];
    const answer = await services.putEvents(
      {
        Entries: entries.map((entry) => ({
          ...withText(entry, 'Detail'),
          Resources: [...((entry['Resources'] as string[] | undefined) ?? []), executionArn, machineArn],
        })),
      },
      principalArn,
    );
    if (answer.FailedEntryCount === 0) return answer;
    throw Object.assign(new Error(JSON.stringify(answer)), { name: 'EventBridge.FailedEntry' });
  }
}

/** Step Functions lets a message be an object, and sends its JSON. */
function withText(request: Record<string, unknown>, field: string): Record<string, unknown> {
  const message = request[field];
  return typeof message === 'string' ? request : { ...request, [field]: JSON.stringify(message) };
}

async function invoke(request: Record<string, unknown>, services: TaskServices, principalArn: string) {
  const functionArn = String(request['FunctionName']);
  const payload = await services.invokeFunction(functionArn, request['Payload'] ?? {}, principalArn);
  return { Payload: payload, StatusCode: 200 };
}
