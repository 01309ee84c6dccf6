import { openAddress } from '../../../local-aws/address';
import {
  openPublicEndpoints,
  type PlannedEndpoint,
  replaceAddresses,
} from '../../../local-aws/engine/public-endpoints';
import type { Stack } from '../../../local-aws/stack/model';

const planned = (name: string): PlannedEndpoint => ({ kind: 'cdn', name, origins: [`https://${name}`] });

test('functions and outputs get the local address, and nothing else changes', () => {
  const endpoints = [
    { origins: ['https://d1.cloudfront.net', 'https://images.shop.example'], url: 'http://127.0.0.1:4567' },
    { origins: ['https://abc.lambda-url.eu-west-1.on.aws'], url: 'http://127.0.0.1:4568' },
  ];
  const stack = {
    functions: [
      {
        environment: {
          DELIVERY_URL: 'https://images.shop.example',
          ORIGINS:
            '["https://images.shop.example.evil.net","https://shop.example","https://d1.cloudfront.net"]',
          DOMAIN: 'd1.cloudfront.net',
        },
      },
    ],
    outputs: {
      delivery_url: 'https://d1.cloudfront.net/a',
      render_url: 'https://abc.lambda-url.eu-west-1.on.aws/',
      other: 7,
    },
  } as unknown as Stack;
  replaceAddresses(endpoints, stack);
  expect(stack.functions[0]!.environment).toEqual({
    DELIVERY_URL: 'http://127.0.0.1:4567',
    ORIGINS: '["https://images.shop.example.evil.net","https://shop.example","http://127.0.0.1:4567"]',
    DOMAIN: 'd1.cloudfront.net',
  });
  expect(stack.outputs).toEqual({
    delivery_url: 'http://127.0.0.1:4567/a',
    render_url: 'http://127.0.0.1:4568/',
    other: 7,
  });
});

/** @returns a free port whose next two are free too. It is below 32768, where no system picks ports for connections */
async function freePorts(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const addresses = await Promise.allSettled([port, port + 1, port + 2].map(openAddress));
    for (const address of addresses) if (address.status === 'fulfilled') await address.value.close();
    if (addresses.every(({ status }) => status === 'fulfilled')) return port;
  }
}

test('public endpoints get the ports after that of the engine', async () => {
  const port = await freePorts();
  const endpoints = await openPublicEndpoints([planned('a'), planned('b')], port);
  expect(endpoints.map(({ url }) => url)).toEqual([
    `http://127.0.0.1:${port + 1}`,
    `http://127.0.0.1:${port + 2}`,
  ]);
  for (const endpoint of endpoints) await endpoint.close();
});

test('if a port is in use, none is left open', async () => {
  const port = await freePorts();
  const [taken] = await openPublicEndpoints([planned('taken')], port + 1);
  await expect(openPublicEndpoints([planned('a'), planned('b')], port)).rejects.toThrow(`Port ${port + 2}`);
  const [again] = await openPublicEndpoints([planned('a')], port);
  await again!.close();
  await taken!.close();
});
