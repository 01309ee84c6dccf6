import tls from 'node:tls';
import { readRootCertificates } from '../../../../functions/lib/runtime/root-certificates';

test.each([
  ['AWS', undefined, true],
  ['an endpoint over TLS', 'https://vpce-1.s3.us-east-1.vpce.amazonaws.com', true],
  ['an endpoint without', 'http://127.0.0.1:4566', false],
])('root certificates are read before the first connection to %s: %#', (_where, endpoint, read) => {
  const context = jest.spyOn(tls, 'createSecureContext');
  expect(readRootCertificates(endpoint)).toBe(read);
  expect(context).toHaveBeenCalledTimes(read ? 1 : 0);
  context.mockRestore();
});

test('the endpoint is that of the environment unless another is given', () => {
  process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:4566';
  expect(readRootCertificates()).toBe(false);
  delete process.env['AWS_ENDPOINT_URL'];
  expect(readRootCertificates()).toBe(true);
});
