import type { ServerResponse } from 'node:http';

/**
 * Withholds the answer of a service from the caller.
 *
 * @param then called once the service has answered, with the response untouched
 */
export function withholdAnswer(response: ServerResponse, then: () => void): void {
  const { writeHead, write, end } = response;
  response.writeHead = () => response;
  response.write = () => true;
  response.end = () => {
    Object.assign(response, { writeHead, write, end });
    then();
    return response;
  };
}
