import { InvalidEvent } from '../../../../contract/errors';
import type { InputFormat, OutputFormat } from '../../../../contract/formats';
import {
  type DetailsWanted,
  lazyHash,
  outputFormat,
  type Preset,
  presetFor,
  type Recipes,
  recipeFor,
  recipeHash,
  type Variant,
} from '../../../../functions/lib/image/presets';
import { presetOf, variantOf } from '../../support';

describe('the preset of a key', () => {
  const presets = ['', 'uploads/', 'uploads/avatars/', 'uploads/avatars-old/'].map(
    (prefix): Preset => ({ name: `preset ${prefix}`, prefix, variants: [] }),
  );

  test.each([
    ['uploads/avatars/me.jpg', 'uploads/avatars/'],
    ['uploads/avatars', 'uploads/'],
    ['uploads/avatars-old/me.jpg', 'uploads/avatars-old/'],
    ['other/uploads/me.jpg', ''],
    ['Uploads/me.jpg', ''],
  ])('%s is the one with the longest matching prefix: %j', (key, prefix) => {
    expect(presetFor(key, presets).prefix).toBe(prefix);
    expect(presetFor(key, [...presets].reverse()).prefix).toBe(prefix);
  });

  test('is reported missing with the prefixes that exist', () => {
    expect(() => presetFor('me.jpg', presets.slice(1, 3))).toThrow(InvalidEvent);
    expect(() => presetFor('me.jpg', presets.slice(1, 3))).toThrow(
      'Expected a key that starts with the prefix of a preset ("uploads/", "uploads/avatars/") but received "me.jpg"',
    );
  });

  test('choosing one does not change the settings', () => {
    const before = presets.map(({ prefix }) => prefix);
    presetFor('uploads/avatars/me.jpg', presets);
    expect(presets.map(({ prefix }) => prefix)).toEqual(before);
  });
});

describe('the hash of a recipe', () => {
  const presetHash = ({ variants }: Preset, background = '#ffffff') => recipeHash(variants, background);
  const base = presetOf(variantOf({ name: 'small' }), variantOf({ name: 'large', width: 800 }));
  const changed = (change: Partial<Variant>): Preset => ({
    ...base,
    variants: [{ ...base.variants[0], ...change } as Variant, ...base.variants.slice(1)],
  });

  test.each<Partial<Variant>>([
    { name: 'tiny' },
    { width: 201 },
    { width: undefined },
    { height: 201 },
    { fit: 'cover' },
    { position: 'north' },
    { background: 'transparent' },
    { sharpen: true },
    { animated: true },
    { format: 'webp' },
    { quality: 81 },
  ])('changes with %j', (change) => {
    expect(presetHash(changed(change))).not.toBe(presetHash(base));
  });

  test('changes with the background, which shows through transparent parts', () => {
    expect(presetHash(base, '#000000')).not.toBe(presetHash(base));
  });

  test('changes with the work that an animation may take, if a variant is animated', () => {
    const still = [variantOf()];
    const moving = [variantOf({ animated: true })];
    expect(recipeHash(moving, '#ffffff', 1)).not.toBe(recipeHash(moving, '#ffffff', 2));
    expect(recipeHash(still, '#ffffff', 1)).toBe(recipeHash(still, '#ffffff'));
  });

  test('stays the same if only the name or the prefix of the preset changes', () => {
    expect(presetHash({ ...base, name: 'renamed', prefix: 'moved/' })).toBe(presetHash(base));
  });

  test('stays the same if the settings file lists the keys of a variant in another order', () => {
    const reordered = Object.fromEntries(Object.entries(base.variants[0] as Variant).reverse()) as Variant &
      object;
    expect(presetHash({ ...base, variants: [reordered, base.variants[1] as Variant] })).toBe(
      presetHash(base),
    );
  });

  test('distinguishes width from height', () => {
    expect(presetHash(presetOf(variantOf({ width: 100, height: undefined })))).not.toBe(
      presetHash(presetOf(variantOf({ width: undefined, height: 100 }))),
    );
  });

  test('is short enough to carry in every message', () => {
    expect(presetHash(base)).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe('the plan for an object', () => {
  const [small, large] = [
    variantOf({ name: 'small', fit: 'cover' }),
    variantOf({ name: 'large', width: 800 }),
  ];
  const recipes: Recipes = {
    presets: [presetOf(small, large)],
    background: '#ffffff',
    prefix: '',
    maxSideFromName: 2000,
  };

  test('contains every variant of its preset', () => {
    expect(recipeFor('canyon.jpg', recipes)).toEqual({
      preset: { name: 'default', hash: recipeHash([small, large], '#ffffff') },
      eagerHash: recipeHash([small, large], '#ffffff'),
      eager: [small, large],
      lazy: [],
      details: {},
    });
  });

  test("contains only the first variant, in the size that the object's name asks for, which is recorded", () => {
    const sized = { ...small, width: 400, height: 300 };
    expect(recipeFor('canyon-400x300.jpg', recipes)).toEqual({
      preset: {
        name: 'default',
        hash: recipeHash([sized], '#ffffff'),
        size: { width: 400, height: 300 },
      },
      eagerHash: recipeHash([sized], '#ffffff'),
      eager: [sized],
      lazy: [],
      details: {},
    });
  });

  test('does not change the settings', () => {
    const before = structuredClone(recipes);
    recipeFor('canyon-400x300.jpg', recipes);
    expect(recipes).toEqual(before);
  });

  test("ignores the object's name unless the settings say otherwise", () => {
    const { eager } = recipeFor('canyon-400x300.jpg', { ...recipes, maxSideFromName: 0 });
    expect(eager).toEqual([small, large]);
  });
});

test("details change the preset's hash, each in its own way, and not that of the thumbnails", () => {
  const thumbnails = presetOf(variantOf({ name: 'small' }));
  const recipe = (details: DetailsWanted) =>
    recipeFor('canyon.jpg', {
      presets: [{ ...thumbnails, ...details }],
      background: '#ffffff',
      prefix: '',
      maxSideFromName: 0,
    });
  const wanted: DetailsWanted[] = [
    {},
    { placeholders: true },
    { exif: ['camera'] },
    { exif: ['camera', 'gps'] },
    { placeholders: true, exif: ['camera'] },
  ];
  expect(wanted.map((details) => recipe(details).details)).toEqual(wanted);
  expect(new Set(wanted.map((details) => recipe(details).preset.hash)).size).toBe(wanted.length);
  expect(new Set(wanted.map((details) => recipe(details).eagerHash)).size).toBe(1);
  expect(recipe({ placeholders: false }).preset).toEqual(recipe({}).preset);
});

describe('lazy variants', () => {
  const [small, large, web] = [
    variantOf({ name: 'small' }),
    variantOf({ name: 'large', width: 800, lazy: true }),
    variantOf({ name: 'web', width: 800, format: 'webp', lazy: true }),
  ];
  const recipes: Recipes = {
    presets: [presetOf(small, large, web)],
    background: '#ffffff',
    prefix: '',
    maxSideFromName: 2000,
  };

  test('are separate from those made at upload, whose hash is the same as without lazy ones', () => {
    expect(recipeFor('canyon.jpg', recipes)).toEqual({
      preset: { name: 'default', hash: recipeHash([small], '#ffffff') },
      eagerHash: recipeHash([small], '#ffffff'),
      eager: [small],
      lazy: [large, web],
      details: {},
    });
  });

  test('may be the only ones', () => {
    const { preset, eager } = recipeFor('canyon.jpg', { ...recipes, presets: [presetOf(large)] });
    expect(eager).toEqual([]);
    expect(preset.hash).toBe(recipeHash([], '#ffffff'));
  });

  test('have their own hashes, which equal those of eager variants with the same name', () => {
    expect(lazyHash(large, '#ffffff')).toBe(recipeHash([{ ...large, lazy: false }], '#ffffff'));
    expect(lazyHash(large, '#ffffff')).not.toBe(lazyHash(web, '#ffffff'));
    expect(lazyHash(large, '#000000')).not.toBe(lazyHash(large, '#ffffff'));
  });

  test("don't exist for a name that asks for a size: its one thumbnail is made at upload", () => {
    const { eager, lazy } = recipeFor('canyon-40x30.jpg', { ...recipes, presets: [presetOf(large)] });
    expect(eager).toEqual([{ ...large, width: 40, height: 30 }]);
    expect(lazy).toEqual([]);
  });

  test.each<[number, string[]]>([
    [1024 - '/large.webp'.length, ['small']],
    [1024 - '/large.webp'.length + 1, ['small', 'large']],
    [1024 - '/web.webp'.length, ['small', 'large']],
    [1024 - '/web.webp'.length + 1, ['small', 'large', 'web']],
  ])('whose thumbnail key would contain a hash are made at upload: a key of %d bytes', (length, eager) => {
    const recipe = recipeFor('k'.repeat(length), { ...recipes, presets: [presetOf(small, large, web)] });
    expect(recipe.eager.map(({ name }) => name)).toEqual(eager);
    expect([...recipe.eager, ...recipe.lazy]).toHaveLength(3);
  });
});

describe('the format of a thumbnail', () => {
  test.each<[Variant['format'], InputFormat, OutputFormat]>([
    ['same', 'jpeg', 'jpeg'],
    ['same', 'png', 'png'],
    ['same', 'webp', 'webp'],
    ['same', 'gif', 'gif'],
    ['same', 'avif', 'avif'],
    ['same', 'tiff', 'jpeg'],
    ['webp', 'tiff', 'webp'],
    ['png', 'jpeg', 'png'],
  ])('%s of a %s is %s', (format, input, output) => {
    expect(outputFormat(variantOf({ format }), input)).toBe(output);
  });
});
