import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** STS, Lambda and S3 (which has no bucket), as far as the checks call them. */
export class FakeAws {
  /** Replaces the answer about whose credentials these are. */
  identity: { status: number; body: string } = {
    status: 200,
    body: '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ci</Arn><UserId>A</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
  };
  concurrency = 1000;
  /** Terraform's, in the bucket `states`. */
  state: object = {};
  private readonly server: Server = createServer((request, response) => {
    if (request.headers.host!.startsWith('states.')) {
      response.end(JSON.stringify(this.state));
      return;
    }
    if (request.method === 'HEAD') {
      response.writeHead(404).end();
      return;
    }
    if (request.method === 'POST') {
      response.writeHead(this.identity.status, { 'content-type': 'text/xml' }).end(this.identity.body);
      return;
    }
    const json = (status: number, body: object, type = '') =>
      response.writeHead(status, { 'x-amzn-errortype': type }).end(JSON.stringify(body));
    if (request.url!.includes('account-settings')) {
      json(200, {
        AccountLimit: {
          ConcurrentExecutions: this.concurrency,
          UnreservedConcurrentExecutions: this.concurrency,
          TotalCodeSize: 80530636800,
        },
        AccountUsage: { TotalCodeSize: 1, FunctionCount: 1 },
      });
    } else json(404, { Message: 'Function not found' }, 'ResourceNotFoundException');
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** Credentials, and the services that deploy asks, at one address. */
export const environmentAt = (url: string) => ({
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_ENDPOINT_URL_STS: url,
  AWS_ENDPOINT_URL_LAMBDA: url,
  AWS_ENDPOINT_URL_S3: url,
});
