/** What `auto` stands for. How much Lambda concurrency an account has is known on deploy only, so each has two values. */

/** Concurrency of an account that is not new. A new one may have 10. */
export const AMPLE_ACCOUNT = 1_000;

interface Choice {
  /** In an account with at least `AMPLE_ACCOUNT`. */
  ample: number;
  /** In any other. */
  scarce: number;
}

/** A tenth of an account is the most that a flood of uploads takes. Lambda reads -1 as no reservation. */
export const THUMBNAIL_RESERVATION: Choice = { ample: 100, scarce: -1 };

/** A page may show a hundred images that nobody has seen yet, and browsers do not ask again for what was refused. */
export const RENDER_RESERVATION: Choice = { ample: 100, scarce: -1 };

/** Each execution out of the backlog takes two: one that waits and one that works. */
export const BACKLOG_CONCURRENCY: Choice = { ample: 50, scarce: 5 };
