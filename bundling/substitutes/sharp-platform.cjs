/** In place of what sharp is built with: a compiler's flags, yarn, and semver for the sake of one number. */
exports.runtimePlatformArch = () => `${process.platform}-${process.arch}`;
