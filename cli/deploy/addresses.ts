import { type Finding, note, stop } from './finding';
import type { Stack } from './synthesized';

/** Domains that are reserved for examples and receive no mail: RFC 2606. */
const PLACEHOLDER = /[@.](example\.(com|net|org)|example|test|invalid|localhost)$/i;

/** @returns what is wrong with the addresses that are to receive mail */
export function checkAddresses({ emails }: Pick<Stack, 'emails'>): Finding[] {
  if (emails.length === 0) {
    return [
      note(
        'notifications holds no email address, so nobody learns of a failure unless something else is subscribed.',
      ),
    ];
  }
  const placeholders = new Set(emails.filter((address) => PLACEHOLDER.test(address)));
  return [...placeholders].map((address) =>
    stop(
      `notifications holds ${address}, a placeholder that no mail reaches (RFC 2606). Put your own address there, or remove it.`,
    ),
  );
}
