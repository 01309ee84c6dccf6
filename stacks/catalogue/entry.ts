/** What the catalogue holds about a function, and what an entry may use. */
import type { Environment, FunctionName } from '../../contract/environment';
import type { Statement } from '../security/statement';
import type { Place, Uploads } from '../storage/place';

/** The resources that functions work on. */
export interface Resources {
  readonly uploads: Uploads;
  readonly thumbnails: Place;
  readonly quarantine: Place;
  /** The table of records. */
  readonly records: { readonly name: string; readonly arn: string };
  /** The topic for images whose thumbnails are ready. */
  readonly processed: { readonly arn: string };
  /**
   * Where thumbnails are delivered from, without a slash at the end.
   * @default - messages and records name thumbnails by bucket and key only
   */
  readonly deliveryUrl?: string;
  /**
   * How the URLs of thumbnails are signed.
   * @default - viewers need no signature
   */
  readonly signing?: UrlSigning;
}

/** What a function needs to sign URLs. */
export interface UrlSigning {
  /** The id that CloudFront gives each trusted public key, by its fingerprint. */
  readonly keyIds: Readonly<Record<string, string>>;
  /** The parameter that holds the private key. */
  readonly parameter: { readonly name: string; readonly arn: string };
  /**
   * The customer-managed key that encrypts the parameter.
   * @default - the key of SSM, which everyone in the account may use through SSM
   */
  readonly encryption?: { readonly keyArn: string; readonly region: string };
  /** For how many seconds a URL is valid at most. */
  readonly seconds: number;
}

/** The settings that entries read. The sizes in the settings are made from the entries, so these can't be the whole settings. */
export interface ReadSettings {
  readonly accept: readonly string[];
  readonly delivery: { readonly viewers: string };
  readonly limits: {
    readonly bytes: number;
    readonly pixels: number;
    readonly side: number;
    readonly animatedPixels: number;
  };
  readonly notifications: { readonly events: boolean; readonly runbookUrl?: string };
  readonly output: { readonly background: string; readonly cacheControl: string };
  readonly backfill: { readonly enabled: boolean };
  readonly presets: readonly {
    readonly prefix: string;
    readonly variants: readonly { readonly lazy?: boolean; readonly animated?: boolean }[];
  }[];
  readonly records: { readonly tombstoneDays: number };
  readonly sizeFromName: { readonly enabled: boolean; readonly maxSide: number };
  readonly uploadApi: {
    readonly enabled: boolean;
    readonly uploadSeconds: number;
    readonly allowForms: boolean;
  };
  readonly uploads: { readonly suffixes: readonly string[] };
}

/** Everything that an entry can use. */
export interface Given extends Resources {
  readonly settings: ReadSettings;
  readonly backlog: { readonly url: string; readonly arn: string };
  /** The state machine is created after the functions that are its states. */
  readonly stateMachine: () => { readonly arn: string };
}

interface EveryFunction {
  /** The folder of its code in functions/. It also begins the id of its construct and ends its name in AWS. */
  readonly folder: FunctionName;
  /** What it does, for the console and for docs/settings.md. */
  readonly description: string;
  /** What docs/settings.md says besides. */
  readonly note?: string;
  /** Default memory in MB. */
  readonly memoryMb: number;
  /** Its environment variables: what {@link environmentOf} returns. */
  readonly environment: (given: Given) => Variables;
  /** What it may do, besides writing its own logs and traces. */
  readonly permissions: (given: Given) => Statement[];
}

/** A function that runs a state of the workflow. The definition gets its ARN and its timeout. */
export interface StateFunction extends EveryFunction {
  readonly kind: 'state';
  /** Default timeout of one attempt in seconds. */
  readonly timeoutSeconds: number;
  /** What users notice while most of its attempts fail: the end of its alarm's description. */
  readonly impact: string;
  /**
   * Whether it also ends with an error when it refuses an image. Then its alarm has a threshold of its own, because Lambda
   * counts `UnsupportedFormat` or `Superseded` like any other error.
   * @default - each of its errors is a fault
   */
  readonly refusesImages?: true;
  /**
   * Whether it gets a part of the account's concurrency unless the settings say otherwise.
   * @default - none
   */
  readonly reserved?: true;
}

/** A function that answers HTTP requests. */
export interface EndpointFunction extends EveryFunction {
  readonly kind: 'endpoint';
  /** Default timeout of one request in seconds. */
  readonly timeoutSeconds: number;
  /** The longest timeout that the settings may ask for: whoever calls the function waits no longer. */
  readonly maxTimeoutSeconds: number;
  /** As for a state. */
  readonly reserved?: true;
  /** Whether a workflow with these settings has it. */
  readonly existsFor: (settings: ReadSettings) => boolean;
}

/** A function that a queue or a schedule invokes. */
export interface BackgroundFunction extends EveryFunction {
  readonly kind: 'background';
  /** Timeout in seconds; no setting changes it. */
  readonly timeoutSeconds: number;
  /** Whether the settings may reserve concurrency for it. */
  readonly reservable: boolean;
  /**
   * Whether a workflow with these settings has it.
   * @default - every workflow has it
   */
  readonly existsFor?: (settings: ReadSettings) => boolean;
  /**
   * As for a state.
   * @default - stacks/monitoring/alarms.ts has an alarm for this function alone
   */
  readonly impact?: string;
}

/** Seconds. API Gateway waits for 30: docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
export const API_MAX_TIMEOUT = 25;

export type Entry = StateFunction | EndpointFunction | BackgroundFunction;

declare const declared: unique symbol;

/** Environment variables that the function's handler declares. Only {@link environmentOf} makes them. */
export type Variables = Record<string, string> & { readonly [declared]: true };

/**
 * The environment of a function, without what every function has: it is a type error to leave out a variable that its
 * handler declares, or to set another one.
 */
export function environmentOf<Name extends FunctionName, Given extends Own<Name>>(
  _: Name,
  variables: Given & Record<Exclude<keyof Given, keyof Own<Name>>, never>,
): Variables {
  return variables as object as Variables;
}

type Own<Name extends FunctionName> = Omit<Environment<Name>, 'WORKFLOW_NAME'>;
