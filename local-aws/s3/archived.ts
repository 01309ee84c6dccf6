/** Storage classes whose objects must be restored before they can be read. Nothing restores one here. */
import { AwsError } from '../service';
import { storageClass } from './object-headers';

/** Source: docs.aws.amazon.com/AmazonS3/latest/userguide/archived-objects.html */
const ARCHIVES = ['GLACIER', 'DEEP_ARCHIVE'];

const isArchived = (headers: Record<string, string>) => ARCHIVES.includes(storageClass(headers));

/** @throws AwsError `InvalidObjectState`. Only GetObject does; HeadObject answers as for any object */
export function refuseToRead(headers: Record<string, string>): void {
  if (!isArchived(headers)) return;
  throw new AwsError('InvalidObjectState', "The operation is not valid for the object's storage class", 403, {
    StorageClass: storageClass(headers),
  });
}

/** @throws AwsError `ObjectNotInActiveTierError` */
export function refuseToCopy(headers: Record<string, string>): void {
  if (!isArchived(headers)) return;
  throw new AwsError(
    'ObjectNotInActiveTierError',
    'The source object of the COPY action is not in the active tier and is only stored in Amazon S3 Glacier.',
    403,
  );
}
