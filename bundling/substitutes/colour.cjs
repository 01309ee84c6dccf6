/**
 * Replaces the parser of colours that sharp uses, which is 45 KB. The functions write colours as numbers; anything else is
 * given to the parser as npm installed it.
 */
const isByte = (value) => Number.isInteger(value) && value >= 0 && value <= 255;

module.exports = (value) => {
  const { r, g, b, alpha = 1 } = value;
  if (![r, g, b].every(isByte) || !(alpha >= 0 && alpha <= 1)) {
    // Written so that the bundler doesn't recognize it as `require`.
    return require('node:module').createRequire(__filename)('@img/colour')(value);
  }
  return { red: () => r, green: () => g, blue: () => b, alpha: () => alpha };
};
