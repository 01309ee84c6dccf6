import type { Get } from './resources';

/** One resource. */
export interface Block {
  type: string;
  address: string;
  /** An argument with its references resolved; undefined if it isn't set. */
  get: Get;
  attribute: (name: string) => unknown;
}
