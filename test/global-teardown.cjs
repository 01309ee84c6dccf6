const { rmSync } = require('node:fs');

/** Undoes global-setup.cjs, so that the next run in this process, as in `jest --watch`, can begin like the first. */
module.exports = async () => {
  await globalThis.closeSyntheses();
  rmSync(process.env.TEST_SHARED, { recursive: true, force: true });
  for (const [name, value] of globalThis.environmentBefore) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
};
