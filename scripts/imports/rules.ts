/** What each folder may import. This is the only place that says so. */

export interface Rule {
  /**
   * A file or a folder. `functions/*` is every folder directly in functions/. If several rules match, the longest applies.
   */
  folder: string;
  /** Files or folders that it may import, besides itself. */
  imports: string[];
  /** Shown to a person whose import is refused. */
  why: string;
}

const LIBRARY = 'functions/lib/';
const LIBRARY_WHY =
  "The folders of the functions' library import each other in one direction only, so that each can be read alone.";

export const RULES: Rule[] = [
  {
    folder: 'contract',
    imports: [],
    why: 'contract/ is what the folders agree on; it depends on none of them.',
  },
  {
    folder: 'functions/*',
    imports: ['contract', 'functions/lib'],
    why: 'A function is deployed alone. What two functions share belongs in functions/lib/.',
  },
  { folder: `${LIBRARY}runtime`, imports: ['contract'], why: LIBRARY_WHY },
  { folder: `${LIBRARY}prescan`, imports: ['contract'], why: LIBRARY_WHY },
  { folder: `${LIBRARY}http`, imports: ['contract', `${LIBRARY}runtime`], why: LIBRARY_WHY },
  {
    folder: `${LIBRARY}image`,
    imports: ['contract', `${LIBRARY}runtime`, `${LIBRARY}prescan`],
    why: LIBRARY_WHY,
  },
  { folder: `${LIBRARY}records`, imports: ['contract', `${LIBRARY}runtime`], why: LIBRARY_WHY },
  {
    folder: `${LIBRARY}storage`,
    imports: ['contract', `${LIBRARY}runtime`, `${LIBRARY}image`, `${LIBRARY}records`],
    why: LIBRARY_WHY,
  },
  {
    folder: 'stacks',
    imports: ['contract'],
    why: "stacks/ gets the functions' code as paths of bundles, and knows nothing of the engine.",
  },
  {
    folder: 'stacks/catalogue',
    imports: ['contract', 'stacks/security/statement.ts', 'stacks/storage/place.ts'],
    why: 'The catalogue is data from which even the settings are made, so it depends on no construct.',
  },
  {
    folder: 'stacks/settings',
    imports: ['contract', 'stacks/catalogue'],
    why: 'Settings are read before anything is built, so they depend on no construct.',
  },
  { folder: 'bundling', imports: [], why: 'bundling/ turns any folder of sources into a zip.' },
  {
    folder: 'local-aws',
    imports: [],
    why: 'local-aws/ runs any synthesized stack and knows nothing of this project.',
  },
  {
    folder: 'cli',
    imports: [
      'contract',
      'local-aws/index.ts',
      'local-aws/graph/index.ts',
      'local-aws/history.ts',
      'local-aws/data-folder.ts',
    ],
    why: 'Commands read what synth and deploy wrote, and use the engine through its entry files only.',
  },
  {
    folder: 'cli/console/page',
    imports: ['contract/text.ts', 'local-aws/graph/summary.ts'],
    why: 'A browser imports only what the server of the console serves: cli/console/files.ts lists it.',
  },
  {
    folder: 'main.ts',
    imports: ['bundling', 'contract', 'stacks'],
    why: 'main.ts bundles the functions and synthesizes the stack.',
  },
  {
    folder: 'jest.config.cjs',
    imports: ['test'],
    why: 'The configuration of Jest names what test/ has for it.',
  },
  {
    folder: 'scripts',
    imports: ['cli', 'contract', 'functions', 'stacks', 'test/fixtures'],
    why: 'scripts/ writes documents from the code of the commands, the functions and the stacks, and draws pictures of the fixtures.',
  },
  {
    folder: 'bench',
    imports: [
      'bundling',
      'cli',
      'contract',
      'functions',
      'local-aws',
      'test/fixtures',
      'test/functions/lib/prescan/build.ts',
      'test/examples/chromium.ts',
      'test/hostile',
    ],
    why: 'Add the folder to the rule for bench/ if a measurement needs it.',
  },
  {
    folder: 'test/local-aws',
    imports: ['local-aws', 'test/fixtures'],
    why: 'These tests prove the engine alone. A test that runs our own workflow belongs in the folder of what it tests.',
  },
  {
    folder: 'test',
    imports: [
      'bench',
      'bundling',
      'cli',
      'contract',
      'examples',
      'functions',
      'local-aws',
      'scripts',
      'stacks',
    ],
    why: 'Add the folder to the rule for test/ if a test needs it.',
  },
  { folder: 'examples', imports: [], why: 'An example stands alone, so that it can be copied.' },
  {
    folder: 'examples/in-your-own-stack',
    imports: ['bundling', 'stacks'],
    why: 'The example shows what a stack of your own needs of this project.',
  },
];
