const { rmSync } = require('node:fs');

module.exports = () => rmSync(process.env.TEST_SYNTHESES, { recursive: true, force: true });
