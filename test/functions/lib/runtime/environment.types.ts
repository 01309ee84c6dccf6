/**
 * Only types connect what functions read with what the stack sets. `tsc` reports an error in this file if one of the errors
 * expected here no longer occurs.
 */
import type { LimitsEnvironment } from '../../../../contract/environment';
import { environmentOf, type Reader } from '../../../../functions/lib/runtime/environment';
import { environmentOf as given } from '../../../../stacks/catalogue/entry';

const acceptsLimits = (_: Reader<LimitsEnvironment>) => {};

/** Never called: only its types matter. */
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
  // @ts-expect-error: it is always set, so it can't have a default
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
  // @ts-expect-error: nor together with others
  given('notify', { TABLE_NAME: '', TOPIC_ARN: '', ...queue });
  // @ts-expect-error: it may be missing in these settings, but the function needs it
  given('get-image', { TABLE_NAME: '', UPLOADS_BUCKET: '', DELIVERY_URL: undefined as string | undefined });
}
