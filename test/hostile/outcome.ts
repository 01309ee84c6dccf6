import type { Hazard } from './catalogue';
import { DEFAULTS, GROWN, MEMORY, type Sandbox } from './sandbox';

const OPTIONAL = ['avif', 'tiff', 'heic'] as const;
export const settings = { ...DEFAULTS, accepted: [...DEFAULTS.accepted, ...OPTIONAL] };
/** Formats that are accepted only if the settings say so. */
export const isOptional = (name: string) => /^(AVIF|TIFF|HEIC) /.test(name);

/** Expects the outcome of a file that the catalogue states, within the limits of time and memory. */
export async function expectOutcome(
  sandbox: Sandbox,
  { name, outcome, message, build }: Hazard,
): Promise<void> {
  const report = await sandbox.run(await build(), { settings });
  if (outcome === 'thumbnail') {
    expect(report.outcome).toMatchObject({ kind: 'thumbnails', outputs: [expect.anything()] });
  } else {
    expect(report.outcome).toMatchObject({ kind: 'refused', name: outcome });
    if (message) expect(report.outcome).toMatchObject({ message: expect.stringMatching(message) });
  }
  expect(report.peakMegabytes).toBeLessThan(isOptional(name) ? MEMORY.anyFormat : MEMORY.defaultFormats);
  if (Number(report.peakMegabytes) > GROWN) await sandbox.stop();
}
