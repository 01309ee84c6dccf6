const { availableParallelism } = require('node:os');
const { ES_MODULES } = require('./test/packages.cjs');

// The AWS SDK warns about Node 20, which is the oldest version these tests run on.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: './test/environment.cjs',
  runtime: './test/runtime.cjs',
  globalSetup: './test/global-setup.cjs',
  globalTeardown: './test/global-teardown.cjs',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.(ts|js)$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${ES_MODULES.join('|')})/)`],
  modulePathIgnorePatterns: ['<rootDir>/cdktf.out', '<rootDir>/dist', '<rootDir>/.local'],
  // Tests wait for processes and for the disk much of the time: with one worker more than there are processors, none is
  // idle. As a number, because Jest takes a percentage above 100 for a number of workers.
  maxWorkers: availableParallelism() + 1,
  testSequencer: './test/slow-first.cjs',
  // Ends a test that hangs. None takes long enough to meet it, not even beside a busy core.
  testTimeout: 180_000,
};
