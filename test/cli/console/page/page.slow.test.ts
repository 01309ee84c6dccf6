import { checkLooks, describeInBrowser, useConsole } from './console-page';

describeInBrowser('the page of the console', () => {
  useConsole();

  test.each([
    ['light', 360],
    ['light', 1_440],
    ['dark', 2_560],
  ] as const)('has no violation of axe-core and no sideways scrolling, %s, %d wide', checkLooks);
});
