import { requireShipped } from '../../bundling/locked';

const lockfile = {
  packages: {
    'node_modules/sharp': {},
    'node_modules/@img/colour': {},
    'node_modules/sharp/node_modules/semver': {},
    'node_modules/zod': { dev: true },
    'node_modules/both': { devOptional: true },
  },
};

const check = (...paths: string[]) => requireShipped('thumbnail', paths, lockfile);

test('a package may contain own sources and dependencies, also nested and scoped ones', () => {
  expect(() =>
    check(
      'functions/thumbnail/handler.ts',
      'index.js',
      'node_modules/sharp/lib/index.js',
      'node_modules/@img/colour/index.cjs',
      '../elsewhere/node_modules/sharp/node_modules/semver/index.js',
    ),
  ).not.toThrow();
});

test.each(['zod', 'both'])('a devDependency is refused: %s', (name) => {
  expect(() => check('index.js', `node_modules/${name}/index.js`)).toThrow(
    `Expected only dependencies of package.json in the package of thumbnail but found node_modules/${name}, which is one for development: move it to "dependencies" (npm install --save-prod), or do not import it.`,
  );
});

test('a package that is not in the lockfile is refused', () => {
  expect(() => check('node_modules/semver/index.js')).toThrow(
    /found node_modules\/semver, which is not in package-lock\.json/,
  );
});
