import type { ServerResponse } from 'node:http';

/**
 * Keeps what a service is about to answer from the caller.
 *
 * @param then is called once when the service has answered, with the response as it was before
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
