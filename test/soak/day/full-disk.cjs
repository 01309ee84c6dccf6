/**
 * Loaded before the engine where no file system can be mounted: while the file in SOAK_FULL exists, files cannot be written.
 * LevelDB writes by itself, so the table of records isn't affected.
 */
'use strict';

const fs = require('node:fs');

function refuse() {
  if (!fs.existsSync(process.env.SOAK_FULL)) return;
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
}

fs.promises.open(__filename, 'r').then(async (handle) => {
  const prototype = Object.getPrototypeOf(handle);
  for (const name of ['appendFile', 'writeFile', 'write', 'writev']) {
    const original = prototype[name];
    prototype[name] = async function (...args) {
      refuse();
      return original.apply(this, args);
    };
  }
  await handle.close();
});
