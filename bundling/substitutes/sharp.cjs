/**
 * sharp, its JavaScript within the bundle (see ../bundled-sharp.ts). Where that does not start, as on a system with a C
 * library of another kind or with a libvips of its own, sharp as npm installed it: it tries more, and says what is wrong.
 */
let sharp;
try {
  sharp = require('./dist/index.cjs');
} catch {
  // A call that the bundler leaves alone.
  sharp = require('node:module').createRequire(__filename)('sharp');
}
module.exports = sharp;
