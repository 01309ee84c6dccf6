/**
 * Replaces sharp's search for its addon, which tries several folders and platforms one after the other. On Lambda the addon
 * is in the package, at a path that is known; elsewhere Node finds it by its name.
 */
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { version } = require('../package.json');

const name = `sharp-${process.platform}-${process.arch}`;
const file = join(__dirname, 'node_modules', '@img', name, 'lib', `${name}-${version}.node`);

module.exports = existsSync(file) ? require(file) : require(`@img/${name}/sharp.node`);
