import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** A Chromium to run pages in. The path is undefined for Playwright's own. If there is none, the reason. */
export type Chromium = { executablePath?: string } | { missing: string };

/**
 * Uses what CHROMIUM names, or what is installed. Only TEST_INSTALL_CHROMIUM=1 downloads one, unless an earlier run did.
 */
export function findChromium(): Chromium {
  const { CHROMIUM, PATH = '', TEST_INSTALL_CHROMIUM } = process.env;
  if (CHROMIUM) {
    return existsSync(CHROMIUM)
      ? { executablePath: CHROMIUM }
      : { missing: `there is nothing at CHROMIUM=${CHROMIUM}` };
  }
  const onPath = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const executablePath = [...onPath, ...PLACES].find((place) => existsSync(place));
  if (executablePath) return { executablePath };
  if (TEST_INSTALL_CHROMIUM === '1') return install();
  return {
    missing:
      'there is no Chromium on this machine: install it, name it in CHROMIUM, or set TEST_INSTALL_CHROMIUM=1 to download it',
  };
}

function install(): Chromium {
  const cli = join(require.resolve('playwright-core/package.json'), '../cli.js');
  const { status } = spawnSync(process.execPath, [cli, 'install', 'chromium-headless-shell'], {
    stdio: 'inherit',
  });
  return status === 0 ? {} : { missing: 'Playwright could not download Chromium' };
}
