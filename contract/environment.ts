/**
 * The environment variables of the functions: a function can read only what it declares, and the stack has to set
 * exactly that. A variable with `?` is left out unless the settings or the stack have a value for it.
 */

/** What every function has besides. */
interface Common {
  /** Name of the workflow, for its metrics. */
  WORKFLOW_NAME: string;
}

/** Which images are accepted. */
export interface LimitsEnvironment {
  /** Separated by commas. */
  ACCEPTED_FORMATS: string;
  MAX_BYTES: string;
  MAX_PIXELS: string;
  MAX_SIDE: string;
}

/** What to make of an image. */
export interface RecipesEnvironment {
  /** JSON */
  PRESETS: string;
  BACKGROUND: string;
  THUMBNAILS_PREFIX?: string;
  MAX_SIDE_FROM_NAME?: string;
  /** Only if a variant is animated. */
  MAX_ANIMATED_PIXELS?: string;
}

/** Where originals are. */
export interface UploadsEnvironment {
  UPLOADS_BUCKET: string;
  UPLOADS_PREFIX?: string;
}

/** Where thumbnails are. */
export interface ThumbnailsEnvironment {
  THUMBNAILS_BUCKET: string;
  THUMBNAILS_PREFIX?: string;
}

/** How thumbnails are written. */
export interface MakingEnvironment extends LimitsEnvironment, RecipesEnvironment, ThumbnailsEnvironment {
  CACHE_CONTROL: string;
  /** Read by glibc. */
  MALLOC_ARENA_MAX: string;
}

/** Whether outcomes are events on the EventBridge bus. */
export interface EventsEnvironment {
  /** Set if they are. */
  EVENTS?: string;
}

/** Which settings decide the outcome of an image. */
export interface OutcomeEnvironment {
  /** JSON: a hash of those settings, by the prefix of the preset. Set if the stack has backfills. */
  SETTINGS_HASHES?: string;
}

/** How URLs of thumbnails are signed. Set if viewers need that. */
export interface SigningEnvironment {
  /** JSON: the id of each public key that the CDN trusts, by its fingerprint (SHA-256 in hexadecimal). */
  SIGNING_KEY_IDS?: string;
  /** Name of the SSM parameter with the private key. */
  SIGNING_KEY_PARAMETER?: string;
  /** For how many seconds a URL is valid at most. */
  SIGNED_URL_SECONDS?: string;
}

/** The table of records. */
export interface TableEnvironment {
  TABLE_NAME: string;
}

/**
 * The variables of each function, by the name of its folder. The handler of each function adds its own here
 * (`declare module`), beside the code that reads them, and its entry in stacks/catalogue/ has to set exactly those.
 */
// biome-ignore lint/suspicious/noEmptyInterface: each handler adds to it
export interface Environments {}

/** A function, by the name of its folder. */
export type FunctionName = keyof Environments;

/** The variables of one function. */
export type Environment<Name extends FunctionName> = Common & Environments[Name];

/** Names of the variables that are always set. */
export type RequiredName<Variables> = {
  [Key in keyof Variables & string]-?: undefined extends Variables[Key] ? never : Key;
}[keyof Variables & string];

/** Names of the variables that may be left out. */
export type OptionalName<Variables> = Exclude<keyof Variables & string, RequiredName<Variables>>;
