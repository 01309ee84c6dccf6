/**
 * What functions read and what the stack gives them are held together by types alone: `tsc` fails on this file if an
 * error that is expected here is none any more.
 */
import type { LimitsEnvironment } from '../../../../contract/environment';
import { environmentOf, type Reader } from '../../../../functions/lib/runtime/environment';
import { environmentOf as given } from '../../../../stacks/catalogue/entry';

const acceptsLimits = (_: Reader<LimitsEnvironment>) => {};

/** Never called: only its types count. */
export function types() {
  const watch = environmentOf<'watch'>();
  watch.text('TABLE_NAME');
  // @ts-expect-error: the stack gives this variable to other functions only
  watch.text('TOPIC_ARN');
  // @ts-expect-error: no function has it
  watch.count('NO_SUCH_VARIABLE');
  // @ts-expect-error: there is no such function
  environmentOf<'no-such-function'>();

  const getImage = environmentOf<'get-image'>();
  getImage.optional('UPLOADS_PREFIX');
  // @ts-expect-error: it may be missing, so it can't be read as one that is always set
  getImage.text('UPLOADS_PREFIX');
  // @ts-expect-error: it is always set, so nothing has to stand in for it
  getImage.optional('DELIVERY_URL');

  acceptsLimits(environmentOf<'create-upload'>());
  // @ts-expect-error: this function has no limits
  acceptsLimits(environmentOf<'notify'>());

  given('notify', { TABLE_NAME: '', TOPIC_ARN: '' });
  // @ts-expect-error: TOPIC_ARN is missing
  given('notify', { TABLE_NAME: '' });
  // @ts-expect-error: the function doesn't read QUEUE_URL
  given('notify', { TABLE_NAME: '', TOPIC_ARN: '', QUEUE_URL: '' });
  const queue = { QUEUE_URL: '' };
  // @ts-expect-error: nor if it comes with others
  given('notify', { TABLE_NAME: '', TOPIC_ARN: '', ...queue });
  // @ts-expect-error: it may be missing in these settings, but the function needs it
  given('get-image', { TABLE_NAME: '', UPLOADS_BUCKET: '', DELIVERY_URL: undefined as string | undefined });
}
