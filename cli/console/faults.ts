/** Faults to choose from, in the format of a faults file: docs/local-engine.md. Each happens a few times at most. */
import { type Engine, type Fault, type FaultInput, parseFaults } from '../../local-aws';
import type { ConsoleInfo } from './api';
import { Refused } from './refused';

interface Choice {
  label: string;
  fault: FaultInput;
}

const CHOICES: Readonly<Record<string, Choice>> = {
  'dynamodb-throttles': {
    label: 'DynamoDB throttles twice',
    fault: { call: 'dynamodb:UpdateItem', fault: 'throttle', times: 2 },
  },
  's3-slows-down': {
    label: 'S3 asks Thumbnail to slow down, twice',
    fault: { call: 's3:GetObjectVersion', by: 'thumbnail', fault: 'throttle', times: 2 },
  },
  'thumbnail-crashes': {
    label: "Thumbnail's process crashes once",
    fault: { function: 'thumbnail', fault: 'crash', times: 1 },
  },
  'thumbnail-keeps-crashing': {
    label: "Thumbnail's process crashes at both attempts",
    fault: { function: 'thumbnail', fault: 'crash', times: 2 },
  },
  'crash-after-writing': {
    label: "Thumbnail's process crashes once, right after it has written a thumbnail",
    fault: { call: 's3:PutObject', by: 'thumbnail', fault: 'crash', when: 'after', times: 1 },
  },
  'validate-hangs': {
    label: 'Validate hangs once, until its timeout',
    fault: { function: 'validate', fault: 'hang', times: 1 },
  },
  'answer-is-cut': {
    label: "Half of StoreMetadata's answer gets lost once",
    fault: { function: 'store-metadata', fault: 'malformed', times: 1 },
  },
  'no-capacity': {
    label: 'Lambda has no capacity for Thumbnail, so the event goes to the backlog',
    fault: { function: 'thumbnail', fault: 'throttle', times: 4 },
  },
  'sns-denies': {
    label: 'SNS denies once that Notify publishes',
    fault: { call: 'sns:Publish', by: 'notify', fault: 'deny', times: 1 },
  },
  'sns-fails': {
    label: 'SNS fails twice when a failure is published',
    fault: { call: 'sns:Publish', by: 'state-machine', fault: 'error', times: 2 },
  },
};

export class FaultSwitch {
  /** Ids of faults, and whether each can still happen. */
  private chosen: readonly string[] = [];

  private canHappen: () => boolean[] = () => [];

  private reported: string;

  /**
   * @param inject replaces the faults of the engine
   * @param always those that the engine was started with
   */
  constructor(
    private readonly inject: Engine['inject'],
    private readonly always: readonly Fault[] = [],
  ) {
    this.reported = JSON.stringify(this.list);
  }

  /** A fault that has happened as often as it says is off again. */
  get list(): ConsoleInfo['faults'] {
    const canHappen = this.canHappen();
    const on = new Set(this.chosen.filter((_, n) => canHappen[n]));
    return Object.entries(CHOICES).map(([id, { label }]) => ({ id, label, on: on.has(id) }));
  }

  /** @returns the list, if it is no longer the one of the last call */
  news(): ConsoleInfo['faults'] | undefined {
    const { list } = this;
    const text = JSON.stringify(list);
    if (text === this.reported) return undefined;
    this.reported = text;
    return list;
  }

  /** Injects exactly these, each as often as it says from now on. @throws Refused for an id that isn't in the list */
  choose(ids: readonly unknown[]): string {
    const unknown = ids.find((id) => typeof id !== 'string' || !Object.hasOwn(CHOICES, id));
    if (unknown !== undefined) {
      throw new Refused(
        400,
        `Expected ids of faults (${Object.keys(CHOICES).join(', ')}) but received ${JSON.stringify(unknown)}`,
      );
    }
    const known = [...new Set(ids as string[])];
    const chosen = known.map((id) => CHOICES[id] as Choice);
    const faults = parseFaults(
      chosen.map(({ fault }) => fault),
      'faults',
    );
    this.canHappen = this.inject([...faults, ...this.always]);
    this.chosen = known;
    return chosen.length === 0
      ? 'Nothing is made to fail any more.'
      : `From now on: ${chosen.map(({ label }) => label).join('; ')}.`;
  }
}
