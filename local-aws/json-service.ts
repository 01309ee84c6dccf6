/** A service that speaks JSON 1.1: the header `x-amz-target` names the operation. */
import { AwsError, type DocumentService, type Principal } from './service';

/** Performs an operation. @throws AwsError to refuse it */
export type PerformOperation<Input> = (
  target: unknown,
  input: Input,
  principal: Principal,
) => Promise<object>;

export function jsonService<Input>(perform: PerformOperation<Input>): DocumentService {
  return {
    async handle(request, response, principal, body) {
      const send = (status: number, document: object) => {
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
        response.end(JSON.stringify(document));
      };
      try {
        send(200, await perform(request.headers['x-amz-target'], parsed(body) as Input, principal));
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        // These services answer 400 for a denial, and name it differently from other services.
        const { code, status } =
          error.code === 'AccessDenied' ? { code: 'AccessDeniedException', status: 400 } : error;
        send(status, { __type: code, message: error.message });
      }
    },
  };
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new AwsError('SerializationException', 'Expected a body in JSON.');
  }
}
