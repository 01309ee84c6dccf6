/**
 * sharp with its JavaScript in the bundle (see ../adapted-sharp.ts). If that doesn't start, for example because the system
 * has a different C library or its own libvips, this falls back on sharp as npm installed it, which tries more and says
 * what is wrong.
 */
let sharp;
try {
  sharp = require('./dist/index.cjs');
} catch {
  // Written so that the bundler doesn't recognize it as `require`.
  sharp = require('node:module').createRequire(__filename)('sharp');
}
module.exports = sharp;
