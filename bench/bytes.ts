/**
 * Measures how many bytes thumbnails have against what other encoders need for an equal score: each is searched for the
 * quality at which SSIMULACRA2 says that it is as near to the scaled picture as ours. PNG is compared without loss.
 *
 * Prints a table of docs/performance.md.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { configureSharp } from '../functions/lib/image/decode';
import { encode } from '../functions/lib/image/encode';
import { raw } from '../functions/lib/image/pixels';
import { goals, machine, picturesIn, table } from './end-to-end/report';
import { Warm } from './images/contenders';
import { type Encoder, encodersIn, type Format, INSTALL, timed } from './images/encoders';
import { thumbnails } from './images/ours';
import { makePictures } from './images/pictures';
import type { BenchOptions } from './options';

const SIDES = [200, 800];
const FORMATS: Format[] = ['jpeg', 'webp', 'png'];

/** Bytes that ours may have of the best encoder that takes at most so many times our CPU. */
const GOAL = { bytes: 1.03, cpu: 4 };

interface Compared {
  encoder: string;
  /** Bytes it needs; undefined if it doesn't reach our score. */
  bytes: number | undefined;
  /** Times our CPU. */
  cpu: number;
}

interface Row {
  picture: string;
  format: Format;
  bytes: number;
  score: number;
  others: Compared[];
}

export async function run({ images }: BenchOptions): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  const python = Warm.python(path.join(__dirname, 'images', 'referee.py'));
  try {
    const { installed } = await python.run<{ installed: string[] }>({ do: 'installed' });
    if (!installed.includes('score')) throw new Error(`Expected SSIMULACRA2: ${INSTALL['score']}`);
    const { encoders, missing } = encodersIn(folder, python, installed);
    for (const name of missing) console.log(`Without ${name}: ${INSTALL[name]}`);
    const pictures = [
      ...(await makePictures(folder, ['jpeg-2mp'])),
      ...(images ? await picturesIn(path.resolve(images), /\.(jpe?g|png|webp)$/i) : []),
    ];
    configureSharp(['jpeg', 'png', 'webp', 'gif']);
    const rows: Row[] = [];
    for (const { name, file } of pictures) {
      const scaled = await thumbnails(await readFile(file), SIDES, 'png');
      for (const [n, side] of SIDES.entries()) {
        console.error(`${name}, ${side} px …`);
        const reference = path.join(folder, 'reference.png');
        await writeFile(reference, scaled[n]!.data);
        const referee = new Referee(folder, reference, python);
        for (const format of FORMATS) {
          rows.push({
            picture: `${name}, ${side} px`,
            ...(await compare(reference, format, encoders, referee)),
          });
        }
      }
    }
    console.log(machine());
    show(rows);
  } finally {
    python.end();
    await rm(folder, { recursive: true });
  }
}

/** Tells how near an encoded picture is to the scaled one. */
class Referee {
  constructor(
    private readonly folder: string,
    private readonly reference: string,
    private readonly python: Warm,
  ) {}

  async score(data: Buffer): Promise<number> {
    const other = path.join(this.folder, 'decoded.png');
    await sharp(data).toColourspace('srgb').removeAlpha().png({ compressionLevel: 0 }).toFile(other);
    return (await this.python.run<{ score: number }>({ do: 'score', one: this.reference, other })).score;
  }
}

async function compare(
  reference: string,
  format: Format,
  encoders: Encoder[],
  referee: Referee,
): Promise<Omit<Row, 'picture'>> {
  const pixels = await raw(sharp(await readFile(reference)));
  const ours = await timed(() => encode(pixels, format, {}));
  const score = format === 'png' ? 100 : await referee.score(ours.data);
  const others: Compared[] = [];
  for (const encoder of encoders.filter((each) => each.format === format)) {
    const found = encoder.lossless
      ? { bytes: (await encoder.encode(reference, 100)).data.length }
      : await atScore(encoder, reference, score, referee);
    const { cpuMs } = await encoder.encode(reference, 80);
    others.push({ encoder: encoder.name, bytes: found.bytes, cpu: cpuMs / ours.cpuMs });
  }
  return { format, bytes: ours.data.length, score, others };
}

/** The bytes at a score, between the two qualities whose scores lie around it. */
async function atScore(encoder: Encoder, reference: string, score: number, referee: Referee) {
  const at = async (quality: number) => {
    const { data } = await encoder.encode(reference, quality);
    return { bytes: data.length, score: await referee.score(data) };
  };
  let [low, high] = [10, 100];
  let [below, above] = [await at(low), await at(high)];
  if (above.score < score) return { bytes: undefined };
  if (below.score >= score) return { bytes: below.bytes };
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const found = await at(middle);
    if (found.score < score) [low, below] = [middle, found];
    else [high, above] = [middle, found];
  }
  const share = (score - below.score) / (above.score - below.score || 1);
  return { bytes: below.bytes * (above.bytes / below.bytes) ** share };
}

function show(rows: Row[]): void {
  for (const format of FORMATS) {
    const of = rows.filter((row) => row.format === format);
    const names = of[0]!.others.map(({ encoder }) => encoder);
    table(
      [`${format.toUpperCase()}: ours / it, and its CPU / ours`, 'bytes', 'score', ...names],
      of.map(({ picture, bytes, score, others }) => [
        picture,
        bytes.toLocaleString('en-US'),
        score.toFixed(1),
        ...others.map((it) => (it.bytes ? `${(bytes / it.bytes).toFixed(2)}, ${it.cpu.toFixed(1)}×` : '–')),
      ]),
    );
    const ratios = of.map(({ bytes, others }) => {
      const affordable = others.flatMap((it) => (it.bytes && it.cpu <= GOAL.cpu ? [it.bytes] : []));
      return bytes / Math.min(bytes, ...affordable);
    });
    const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
    goals([
      {
        goal: `${format}: bytes ≤ ${GOAL.bytes} × the best encoder at up to ${GOAL.cpu} times the CPU`,
        measured: `${mean.toFixed(3)} in the mean, ${Math.max(...ratios).toFixed(2)} at most`,
        met: mean <= GOAL.bytes,
      },
    ]);
  }
}
