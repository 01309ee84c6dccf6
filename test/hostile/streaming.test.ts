import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { ImageTooLarge, TransientError } from '../../contract/errors';
import { clientConfig } from '../../functions/lib/runtime/client-config';
import { task } from '../../functions/lib/runtime/task';
import { readHead, readVersion } from '../../functions/lib/storage/uploads';
import { access } from '../functions/server';
import { created, EXECUTION, sourceAt } from '../functions/support';

const MEBIBYTE = 2 ** 20;
const limits = { bytes: MEBIBYTE, pixels: 1, side: 1 };
/** How many bytes may be in transit when a connection is closed: the buffers of both sockets and streams. */
const ON_THE_WAY = 16 * MEBIBYTE;

const OBJECT = 'HTTP/1.1 200 OK\r\netag: "etag-1"\r\nx-amz-version-id: version-1\r\n';
const PART = 'HTTP/1.1 206 Partial Content\r\netag: "etag-1"\r\nx-amz-version-id: version-1\r\n';

/** A storage server that sends exactly the bytes that `answer` writes, because no HTTP library would let it lie. */
async function s3(answer: (socket: Socket) => void) {
  const connections: Socket[] = [];
  const server = createServer((socket) => {
    connections.push(socket);
    socket.on('error', () => {}); // Resolves when the reader closes the connection.
    socket.once('data', () => answer(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new S3Client({ ...clientConfig(), ...access, endpoint: `http://127.0.0.1:${port}` });
  closers.push(async () => {
    client.destroy();
    for (const socket of connections) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return { client, connections };
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Writes for as long as the other side reads. */
function pour(socket: Socket, chunk: Buffer): void {
  while (socket.writable && socket.write(chunk)) {}
  if (socket.writable) socket.once('drain', () => pour(socket, chunk));
}

const chunked = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536), Buffer.from('\r\n')]);

/** The number of bytes a server could send before the connection was closed. */
async function poured({ connections }: { connections: Socket[] }): Promise<number> {
  const socket = connections[0] as Socket;
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  return socket.bytesWritten;
}

describe('an object larger than the limit', () => {
  test('is refused because of its header, and its bytes are not read', async () => {
    const server = await s3((socket) => {
      socket.write(`${OBJECT}content-length: 1000000000000\r\n\r\n`);
      pour(socket, Buffer.alloc(65_536));
    });
    const reading = readVersion(server.client, sourceAt(1), limits);
    await expect(reading).rejects.toBeInstanceOf(ImageTooLarge);
    await expect(reading).rejects.toThrow(
      'The file has 1,000,000,000,000 bytes; at most 1,048,576 are allowed. Upload a smaller image',
    );
    expect(await poured(server)).toBeLessThan(ON_THE_WAY);
  });

  test('without a length is refused as soon as it exceeds the limit, even if it never ends', async () => {
    const server = await s3((socket) => {
      socket.write(`${OBJECT}transfer-encoding: chunked\r\n\r\n`);
      pour(socket, chunked);
    });
    const reading = readVersion(server.client, sourceAt(1), limits);
    await expect(reading).rejects.toBeInstanceOf(ImageTooLarge);
    await expect(reading).rejects.toThrow('The file has 1,048,577 bytes; at most 1,048,576 are allowed.');
    expect(await poured(server)).toBeLessThan(ON_THE_WAY);
  });

  test('with neither a length nor chunks, and without an end, is refused in the same way', async () => {
    const server = await s3((socket) => {
      socket.write(`${OBJECT}connection: close\r\n\r\n`);
      pour(socket, Buffer.alloc(65_536));
    });
    await expect(readVersion(server.client, sourceAt(1), limits)).rejects.toBeInstanceOf(ImageTooLarge);
    expect(await poured(server)).toBeLessThan(ON_THE_WAY);
  });
});

describe('a false length', () => {
  test('that is too small: bytes beyond it are not read', async () => {
    const { client } = await s3((socket) => {
      socket.write(`${OBJECT}content-length: 10\r\n\r\n0123456789`);
      pour(socket, Buffer.alloc(65_536, 'x'));
    });
    expect(Buffer.from(await readVersion(client, sourceAt(1), limits)).toString()).toBe('0123456789');
  });

  test('that is too large: half an image is a connection fault, not an image', async () => {
    const { client } = await s3((socket) => socket.end(`${OBJECT}content-length: 1000\r\n\r\n0123456789`));
    const state = task('record', [], () => readVersion(client, sourceAt(1), limits) as Promise<never>);
    const context = { getRemainingTimeInMillis: () => 5_000 };
    await expect(state({ execution: EXECUTION, state: created() }, context)).rejects.toBeInstanceOf(
      TransientError,
    );
  });
});

describe('the head of an object', () => {
  test('is all that is kept if the server ignores ranges', async () => {
    const server = await s3((socket) => {
      socket.write(`${OBJECT}content-length: 1000000000000\r\n\r\n`);
      pour(socket, Buffer.alloc(65_536));
    });
    const { bytes, totalBytes } = await readHead(server.client, sourceAt(1), 1_000, limits);
    expect({ held: bytes.buffer.byteLength < 65_536, length: bytes.length, totalBytes }).toEqual({
      held: true,
      length: 1_000,
      totalBytes: 1_000_000_000_000,
    });
    expect(await poured(server)).toBeLessThan(ON_THE_WAY);
  });

  test('is never longer than requested, however much is sent', async () => {
    const server = await s3((socket) => {
      socket.write(`${PART}content-range: bytes 0-999/2000\r\ntransfer-encoding: chunked\r\n\r\n`);
      pour(socket, chunked);
    });
    expect(await readHead(server.client, sourceAt(1), 1_000, limits)).toMatchObject({
      bytes: { length: 1_000 },
      totalBytes: 2_000,
    });
    expect(await poured(server)).toBeLessThan(ON_THE_WAY);
  });
});
