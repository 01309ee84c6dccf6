const { rmSync } = require('node:fs');

module.exports = () => rmSync(process.env.TEST_SHARED, { recursive: true, force: true });
