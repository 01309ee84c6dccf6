import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { loadSharedConfigFiles } from '@smithy/core/config';

let createSecureContext: jest.SpyInstance;
let clientConfig: typeof import('../../../../functions/lib/runtime/client-config').clientConfig;
beforeEach(() => {
  createSecureContext = jest.spyOn(tls, 'createSecureContext');
  // As in a function that has just been loaded.
  jest.resetModules();
  ({ clientConfig } = require('../../../../functions/lib/runtime/client-config'));
});
afterEach(() => {
  createSecureContext.mockRestore();
  delete process.env['AWS_ENDPOINT_URL'];
});

test('no client repeats a call, or waits longer for it than a state does', () => {
  expect(clientConfig()).toEqual({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  });
});

test('the certificates are read for the first client alone', () => {
  clientConfig();
  clientConfig();
  expect(createSecureContext).toHaveBeenCalledTimes(1);
});

test('no certificates are read for an endpoint without encryption', () => {
  process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:4566';
  clientConfig();
  expect(createSecureContext).not.toHaveBeenCalled();
});

test("the SDK's files in the home folder are left out", async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'home-'));
  const { HOME } = process.env;
  process.env['HOME'] = home;
  try {
    mkdirSync(path.join(home, '.aws'));
    writeFileSync(path.join(home, '.aws', 'config'), '[default]\nregion = eu-west-1\n');
    writeFileSync(path.join(home, '.aws', 'credentials'), '[default]\naws_access_key_id = AKID\n');
    clientConfig();
    expect(await loadSharedConfigFiles()).toEqual({ configFile: {}, credentialsFile: {} });
  } finally {
    process.env['HOME'] = HOME;
    rmSync(home, { recursive: true });
  }
});
