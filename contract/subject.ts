/**
 * Whose upload an object is. Its key is in public URLs, so it names its user by a random id, from which nobody can find out who that is.
 * The table keeps one item for each user, beside the records: its own id is `subject#` and a hash of the user's name at the
 * issuer, and it holds the random id.
 */

/** What the ids of these items begin with. No record's does: it would be the name of a bucket, which has no `#`. */
export const SUBJECT_PREFIX = 'subject#';

/** The item as it is in the table. */
export interface SubjectItem {
  /** {@link SUBJECT_PREFIX} and the SHA-256 of the user's name at the issuer in hexadecimal. */
  id: string;
  /** 32 hexadecimal digits: 128 random bits. */
  subject: string;
  /** RFC 3339. */
  createdAt: string;
}
