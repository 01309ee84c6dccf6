const { AsyncLocalStorage } = require('node:async_hooks');
const { ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');

/** Globals in which a package keeps what all test files of a worker share with it: the tokens of CDKTF. */
const OF_PACKAGES = ['__cdktfTokenMap'];

/**
 * Lets test files use the globals of Node itself instead of a sandbox (runtime.cjs says why), and puts back after each file
 * what it has changed: globals, environment variables, the working folder, and what it set or listened to on the process.
 */
module.exports = class {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  /** The timers of Jest 26 and before, which no test uses. */
  fakeTimers = null;

  constructor({ projectConfig }) {
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
    const parts = [globals(), ofProcess(), environmentVariables(), listeners(), storages()];
    this.restore = () => {
      for (const restore of parts) restore();
    };
  }

  /** Jest takes null for an environment that has ended. */
  getVmContext() {
    return this.global;
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  async setup() {}

  async teardown() {
    this.fakeTimersModern.dispose();
    this.restore();
    this.global = null;
  }
};

// Each of these returns what puts things back as they are now.

function globals() {
  const before = Object.getOwnPropertyDescriptors(globalThis);
  return () => {
    for (const key of Reflect.ownKeys(globalThis)) {
      // Jest's matchers can't be deleted; the next file replaces them.
      if (!Object.hasOwn(before, key) && !OF_PACKAGES.includes(key)) Reflect.deleteProperty(globalThis, key);
    }
    for (const key of Reflect.ownKeys(before)) {
      const now = Object.getOwnPropertyDescriptor(globalThis, key);
      const { value, get } = before[key];
      if (now?.value !== value || now?.get !== get) Object.defineProperty(globalThis, key, before[key]);
    }
  };
}

function ofProcess() {
  const { exit, exitCode } = process;
  const folder = process.cwd();
  return () => {
    process.exit = exit;
    process.exitCode = exitCode;
    process.chdir(folder);
  };
}

function environmentVariables() {
  const { env } = process;
  const before = { ...env };
  return () => {
    process.env = env;
    for (const name of Object.keys(env)) if (!(name in before)) delete env[name];
    Object.assign(env, before);
  };
}

function listeners() {
  const before = new Map(process.eventNames().map((name) => [name, process.rawListeners(name)]));
  return () => {
    for (const name of process.eventNames()) {
      for (const listener of process.rawListeners(name)) {
        if (!before.get(name)?.includes(listener)) process.removeListener(name, listener);
      }
    }
  };
}

/**
 * As long as a storage is enabled, Node 20 does something for it with every promise. Jest uses a new one for each test file and
 * never disables it, so after a hundred files a worker does little else.
 */
function storages() {
  const used = new Set();
  const { prototype } = AsyncLocalStorage;
  const { run, enterWith } = prototype;
  prototype.run = function (...input) {
    used.add(this);
    return run.apply(this, input);
  };
  prototype.enterWith = function (...input) {
    used.add(this);
    return enterWith.apply(this, input);
  };
  return () => {
    Object.assign(prototype, { run, enterWith });
    for (const storage of used) storage.disable();
  };
}
