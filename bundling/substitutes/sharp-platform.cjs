/** Replaces sharp's build tools: compiler flags, yarn, and all of semver for one number. */
exports.runtimePlatformArch = () => `${process.platform}-${process.arch}`;
