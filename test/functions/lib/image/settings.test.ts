import type { Recipes } from '../../../../functions/lib/image/presets';
import { acceptanceFrom, recipesFrom } from '../../../../functions/lib/image/settings';
import { environmentOf } from '../../../../functions/lib/runtime/environment';
import { presetOf, variantOf } from '../../support';

const environment = environmentOf<'validate'>();

describe('limits in the environment', () => {
  const names = ['MAX_BYTES', 'MAX_PIXELS', 'MAX_SIDE'];
  beforeEach(() => {
    process.env['ACCEPTED_FORMATS'] = 'jpeg,png';
    names.forEach((name, n) => {
      process.env[name] = String(n + 1);
    });
  });
  afterAll(() => {
    for (const name of ['ACCEPTED_FORMATS', ...names]) delete process.env[name];
  });

  test('come with the accepted formats', () => {
    expect(acceptanceFrom(environment).accepted).toEqual(['jpeg', 'png']);
  });

  test('are whole numbers', () => {
    expect(acceptanceFrom(environment).limits).toEqual({ bytes: 1, pixels: 2, side: 3 });
  });

  test.each(['0', '-1', '1.5', 'many', '1e99'])('of %s are refused by name', (value) => {
    process.env['MAX_SIDE'] = value;
    expect(() => acceptanceFrom(environment)).toThrow(
      `Expected a positive whole number for environment variable MAX_SIDE but received ${value}`,
    );
  });

  test('that are missing are refused by name', () => {
    delete process.env['MAX_SIDE'];
    expect(() => acceptanceFrom(environment)).toThrow(
      'Expected environment variable MAX_SIDE to be set; it is missing or empty',
    );
  });
});

describe('recipes arrive in the environment', () => {
  const given = { PRESETS: JSON.stringify([presetOf(variantOf())]), BACKGROUND: '#102030' };
  const optional = { THUMBNAILS_PREFIX: 'thumbs/', MAX_SIDE_FROM_NAME: '500', MAX_ANIMATED_PIXELS: '7' };
  afterEach(() => {
    for (const name of Object.keys({ ...given, ...optional })) delete process.env[name];
  });

  test('as they are in the settings', () => {
    Object.assign(process.env, given, optional);
    expect(recipesFrom(environment)).toEqual<Recipes>({
      presets: [presetOf(variantOf())],
      background: '#102030',
      maxAnimatedPixels: 7,
      prefix: 'thumbs/',
      maxSideFromName: 500,
    });
  });

  test('without a prefix and without sizes in names if those are not set', () => {
    Object.assign(process.env, given);
    expect(recipesFrom(environment)).toMatchObject({ prefix: '', maxAnimatedPixels: 0, maxSideFromName: 0 });
  });
});
