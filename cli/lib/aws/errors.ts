/** The words for every error of an AWS call: what was asked of what, where, what AWS says, and what likely causes it. */
import { isThrottlingError } from '@smithy/core/retry';
import { printable } from '../../../contract/text';
import { quoted } from '../words';
import { credentialsProblem } from './credentials';
import { chosenEndpoints, endpointFor } from './endpoints';
import type { Caller } from './identity';
import { actionOf, type Call, type Place, resourceOf } from './place';

/** What an AWS client throws, or Node's HTTP client below it. */
export type SdkError = Parameters<typeof isThrottlingError>[0] & { code?: string };

/**
 * @param caller asks AWS whose credentials these are
 * @returns the text that a person reads
 */
export async function explained(
  error: SdkError,
  call: Call,
  place: Place,
  caller: () => Promise<Caller | undefined>,
): Promise<string> {
  const resource = resourceOf(call);
  const on = resource ? ` on ${printable(resource)}` : '';
  const causes = place.engine
    ? engineCauses(error, place.engine)
    : await causesOf(error, call, place, caller);
  return [
    `${call.name}${on} failed: ${said(error)}`,
    `Asked: ${whereOf(place)}`,
    ...causes.map((cause) => `Likely cause: ${cause}`),
  ].join('\n  ');
}

/** Some errors of the network have a code instead of a message. */
function said({ name, message, code }: SdkError): string {
  // What follows is the SDK's advice to programmers.
  const [first] = message.split('\n  Deserialization error:');
  const words = first || code || 'no reason was given';
  return quoted(name === 'Error' ? words : `${name}: ${words}`);
}

function whereOf({ engine, account, region, source }: Place): string {
  if (engine) return `the engine at ${engine}`;
  const stack = [account && `account ${account}`, region].filter(Boolean).join(', ');
  return source ? `${stack}, as ${source} says` : stack;
}

const engineCauses = (error: SdkError, engine: string): string[] =>
  isUnreachable(error) ? [`the engine at ${engine} has stopped, or does not answer.`] : [];

async function causesOf(
  error: SdkError,
  call: Call,
  place: Place,
  caller: () => Promise<Caller | undefined>,
): Promise<string[]> {
  const chosen = endpointFor(call.serviceId, await chosenEndpoints(process.env));
  const elsewhere = chosen
    ? [`${chosen.by} is ${chosen.url}, so this did not go to AWS itself. Unset it unless you mean that.`]
    : [];
  return [...elsewhere, ...(await causeAtAws(error, call, place, caller))];
}

async function causeAtAws(
  error: SdkError,
  call: Call,
  place: Place,
  caller: () => Promise<Caller | undefined>,
): Promise<string[]> {
  const credentials = credentialsProblem(error, place.region);
  if (credentials) return [credentials];
  if (isUnreachable(error)) {
    return [
      `this machine does not reach ${call.serviceId} in ${place.region}: check the network, the VPN or proxy, and the region. ` +
        'AWS publishes disturbances on https://health.aws.amazon.com/health/status',
    ];
  }
  if (isThrottlingError(error))
    return ['AWS takes no more such calls now. Wait a minute, or use a lower rate.'];
  if (isForeign(error)) {
    return ['what answered is not AWS: a proxy, a VPN or a sign-in page of the network may be in between.'];
  }
  if (isElsewhere(error)) return [`the bucket is in another region than ${place.region}.`];
  const denied = isDenied(error);
  if (!denied && !isMissing(error)) return [];
  const who = await caller();
  if (who && place.account && who.account !== place.account) return [otherAccount(who, place)];
  return [denied ? lacking(call, who) : stale(place, who)];
}

const UNREACHABLE =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE|TimeoutError)$/;

const isUnreachable = ({ code = '', name }: SdkError) => UNREACHABLE.test(code) || UNREACHABLE.test(name);

const isElsewhere = ({ name }: SdkError) =>
  /^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/.test(name);

/** An answer without the name of an error, or one that can't be read. Of an answer to a HEAD request, the name is never there. */
const isForeign = ({ name, $metadata }: SdkError) =>
  name === 'SyntaxError' || (name === 'Unknown' && ($metadata?.httpStatusCode ?? 0) >= 500);

/** The answer to a HEAD request has a status and no name. */
const isDenied = ({ name, $metadata }: SdkError) =>
  /AccessDenied|AuthorizationError|NotAuthorized/.test(name) || $metadata?.httpStatusCode === 403;

const isMissing = ({ name, $metadata }: SdkError) =>
  /NotFound|NoSuch|DoesNotExist|NonExistent|InvalidAddress/.test(name) || $metadata?.httpStatusCode === 404;

const otherAccount = (who: Caller, { account, source }: Place) =>
  `the credentials are those of account ${who.account} (${who.arn}), but ${source ?? 'the stack'} is of account ${account}. ` +
  'Set AWS_PROFILE to a profile of that account, or use the outputs of the stack in yours.';

const lacking = (call: Call, who: Caller | undefined) =>
  `${who?.arn ?? 'who you are signed in as'} lacks ${actionOf(call)}; or a policy of the resource, of its key or of the organization denies it.` +
  (call.operation === 'HeadObject'
    ? ' To those who lack s3:ListBucket, S3 says the same of an object that does not exist.'
    : '');

const stale = ({ source = 'what names it', account, region }: Place, who: Caller | undefined) =>
  `${source} is out of date, since the stack was destroyed or deployed under another name or in another region than ${region}; ` +
  `${who ? '' : `or the credentials are not those of account ${account}; `}or it is of another environment. ` +
  'Get the outputs of the stack that is deployed, or run npm run deploy.';
