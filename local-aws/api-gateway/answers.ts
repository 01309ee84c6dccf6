import type { HttpAnswer } from '../lambda/http-answer';

/** A request that the API answers itself, with API Gateway's own messages. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

export const answerOf = ({ status, message, headers }: Refusal): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: Buffer.from(JSON.stringify({ message })),
});
