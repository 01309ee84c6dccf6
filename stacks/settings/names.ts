/** Names that AWS and Terraform accept. */
import { text } from './expectations';

/** Regions of the `aws` partition: the definition names `arn:aws:states:::sns:publish`. */
export const REGION = /^(af|ap|ca|eu|il|me|mx|sa|us)-(central|north|south|east|west|northeast|southeast)-\d$/;

/** Any S3 key that is no Terraform template: `${` and `%{` would be evaluated on deploy. */
const KEY_PREFIX = /^(?!.*[$%]\{)[^\p{Cc}\p{Cs}]{0,512}$/u;

export const keyPrefix = () =>
  text(KEY_PREFIX, 'a key prefix of at most 512 characters without control characters, "${" or "%{"');

/** A domain in lower case with a dot inside: RFC 1123. */
export const HOST_NAME =
  /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** An origin as browsers send it, which ends with the port; `*` for any. */
export const ORIGIN = /^(\*|https?:\/\/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:\d{1,5})?)$/;

/** docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const BUCKET_NAME =
  /^(?!xn--|sthree-|amzn-s3-demo-|\d{1,3}(\.\d{1,3}){3}$)(?!.*\.\.)(?!.*(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

export const keyArn = () =>
  text(
    /^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/[\w-]{1,64}$/,
    'the ARN of a KMS key such as "arn:aws:kms:eu-west-1:123456789012:key/mrk-1234"',
  );

/** The region of a KMS key. */
export const keyRegion = (arn: string | undefined): string | undefined => arn?.split(':')[3];
