/** What `auto` means. How much Lambda concurrency an account has is known only on deploy, so each setting has two values. */

/**
 * The least that Service Quotas has to say of an account's concurrency for something to be reserved. It says 1,000, its
 * default, of a new account too, which Lambda may allow only 10. More than the default is an increase that AWS granted.
 */
export const AMPLE_ACCOUNT = 1_001;

interface Choice {
  /** If Service Quotas says at least `AMPLE_ACCOUNT`. */
  ample: number;
  /** Otherwise: what fits any account. */
  scarce: number;
}

/** A tenth of an account at most is the share of a flood of uploads. Lambda reads -1 as no reservation. */
export const THUMBNAIL_RESERVATION: Choice = { ample: 100, scarce: -1 };

/** A page may show a hundred images that nobody has seen yet, and browsers do not ask again for what was refused. */
export const RENDER_RESERVATION: Choice = { ample: 100, scarce: -1 };

/** Each execution out of the backlog takes two: one that waits and one that works. */
export const BACKLOG_CONCURRENCY: Choice = { ample: 50, scarce: 5 };
