import sharp from '../fixtures/sharp';
import { variantOf } from '../functions/support';
import { DEFAULTS, GROWN, MEMORY, type Report, type Sandbox } from './sandbox';

/** Settings with one animated variant. */
export const settings = (side: number, format: 'same' | 'webp' | 'gif') => {
  const variant = variantOf({ width: side, height: side, format, animated: true, enlarge: true });
  return { ...DEFAULTS, presets: [{ name: 'default', prefix: '', variants: [variant] }] };
};

/** How many frames the thumbnail of a file has, which was made within the limit of memory. */
export async function framesOf(sandbox: Sandbox, report: Report): Promise<number> {
  expect(report.outcome).toEqual({ kind: 'thumbnails', outputs: [expect.anything()] });
  expect(report.peakMegabytes).toBeLessThan(MEMORY.defaultFormats);
  if (Number(report.peakMegabytes) > GROWN) await sandbox.stop();
  const [made] = (report.outcome as { outputs: { data: Uint8Array }[] }).outputs;
  return (await sharp(Buffer.from(made!.data), { animated: true }).metadata()).pages ?? 1;
}
