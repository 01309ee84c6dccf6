/** A project of two functions, one of which uses sharp, and their packages. */
import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { type BundleTarget, bundleFunctions } from '../../bundling/bundle-functions';
import { project } from './project';

export const SOURCES = {
  'functions/plain/handler.ts': `
    import { greet } from './greet';
    export const handler = async (name: string) => greet(name);
  `,
  'functions/plain/greet.ts': `
    export function greet(name: string): string {
      if (name === '') throw new Error('nobody');
      return 'hello ' + name;
    }
  `,
  'functions/image/handler.ts': `
    import sharp from 'sharp';
    export const handler = async () =>
      (await sharp({ create: { width: 3, height: 2, channels: 3, background: '#fff' } }).png().toBuffer()).length;
  `,
};

export const root = project('plain', SOURCES);

export function bundle(target: BundleTarget, from = root) {
  return bundleFunctions({ root: from, folder: 'functions', names: ['plain', 'image'], target });
}

export const unzip = (path: string) => unzipSync(readFileSync(path));
