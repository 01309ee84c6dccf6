/** Replaces sharp's search for its addon, which tries several folders and platforms one after the other. */
module.exports = require(`@img/sharp-${process.platform}-${process.arch}/sharp.node`);
