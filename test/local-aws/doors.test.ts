import { leadThrough, type Opening, openDoors } from '../../local-aws/doors';
import { openAddress } from '../../local-aws/server';
import type { Stack } from '../../local-aws/stack/model';

const opening = (name: string): Opening => ({ kind: 'cdn', name, origins: [`https://${name}`] });

test('functions and outputs are told the local address, and nothing else is touched', () => {
  const doors = [
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
  leadThrough(doors, stack);
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

/** @returns a port that is free like the two after it. Below 32768, where no system takes ports for connections */
async function freePorts(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const addresses = await Promise.allSettled([port, port + 1, port + 2].map(openAddress));
    for (const address of addresses) if (address.status === 'fulfilled') await address.value.close();
    if (addresses.every(({ status }) => status === 'fulfilled')) return port;
  }
}

test('doors get the ports after that of the engine', async () => {
  const port = await freePorts();
  const doors = await openDoors([opening('a'), opening('b')], port);
  expect(doors.map(({ url }) => url)).toEqual([
    `http://127.0.0.1:${port + 1}`,
    `http://127.0.0.1:${port + 2}`,
  ]);
  for (const door of doors) await door.close();
});

test('where a port is in use, none is left open', async () => {
  const port = await freePorts();
  const [taken] = await openDoors([opening('taken')], port + 1);
  await expect(openDoors([opening('a'), opening('b')], port)).rejects.toThrow(`Port ${port + 2}`);
  const [again] = await openDoors([opening('a')], port);
  await again!.close();
  await taken!.close();
});
