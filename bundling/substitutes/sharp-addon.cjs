/** In place of sharp's own search: it would try folders and platforms one after the other. */
module.exports = require(`@img/sharp-${process.platform}-${process.arch}/sharp.node`);
