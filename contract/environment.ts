/**
 * The environment variables of each function: stacks/ has to set exactly these, and functions/ can read no others. One
 * with `?` is left out unless the settings or the stack have a value for it.
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
interface MakingEnvironment extends LimitsEnvironment, RecipesEnvironment, ThumbnailsEnvironment {
  CACHE_CONTROL: string;
  /** Read by glibc. */
  MALLOC_ARENA_MAX: string;
}

/** The table of records. */
interface TableEnvironment {
  TABLE_NAME: string;
}

interface Listed {
  validate: TableEnvironment & LimitsEnvironment & RecipesEnvironment;
  thumbnail: MakingEnvironment & { DELIVERY_URL?: string };
  'store-metadata': TableEnvironment & ThumbnailsEnvironment;
  notify: TableEnvironment & { TOPIC_ARN: string };
  quarantine: TableEnvironment & ThumbnailsEnvironment & { QUARANTINE_BUCKET: string };
  remove: TableEnvironment & ThumbnailsEnvironment & { TOMBSTONE_DAYS: string; QUEUE_URL: string };
  resume: { STATE_MACHINE_ARN: string; QUEUE_URL: string };
  watch: TableEnvironment;
  render: TableEnvironment & MakingEnvironment & UploadsEnvironment & { UPLOADS_SUFFIXES: string };
  'create-upload': UploadsEnvironment & LimitsEnvironment & { FORM_SECONDS: string };
  'get-image': TableEnvironment & UploadsEnvironment & { DELIVERY_URL: string };
}

/** A function, by the name of its folder. */
export type FunctionName = keyof Listed;

/** The variables of one function. */
export type Environment<Name extends FunctionName> = Common & Listed[Name];

/** Names of the variables that are always set. */
export type RequiredName<Variables> = {
  [Key in keyof Variables & string]-?: undefined extends Variables[Key] ? never : Key;
}[keyof Variables & string];

/** Names of the variables that may be left out. */
export type OptionalName<Variables> = Exclude<keyof Variables & string, RequiredName<Variables>>;
