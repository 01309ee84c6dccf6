import fc from 'fast-check';
import type { Definition } from '../../../local-aws/graph/edges';
import { edgesOf } from '../../../local-aws/graph/edges';
import { type Box, backEdges, type Line, layout, type Point } from '../../../local-aws/graph/layout';

const BOX = 20;
const lay = (definition: Definition) => layout(definition, { boxWidth: BOX, contentRows: () => 2 });

/** Every cell that a line covers, from the one after the border it starts on. */
function cellsOf({ points }: Line): Point[] {
  return points.slice(1).flatMap((end, index) => {
    const start = points[index]!;
    const steps = Math.abs(end.x - start.x) + Math.abs(end.y - start.y);
    const step = { x: Math.sign(end.x - start.x), y: Math.sign(end.y - start.y) };
    return Array.from({ length: steps }, (_, n) => ({
      x: start.x + step.x * (n + 1),
      y: start.y + step.y * (n + 1),
    }));
  });
}

const inside = ({ x, y, width, height }: Box, point: Point) =>
  point.x >= x && point.x < x + width && point.y >= y && point.y < y + height;

/** Up to eight states with any transitions between them, all reachable. */
const definitions: fc.Arbitrary<Definition> = fc
  .integer({ min: 1, max: 8 })
  .chain((size) => {
    const target = fc.nat({ max: size - 1 });
    return fc.array(
      fc.record({
        parent: fc.nat(),
        choices: fc.array(target, { maxLength: 2 }),
        catches: fc.array(target, { maxLength: 3 }),
      }),
      { minLength: size, maxLength: size },
    );
  })
  .map((states) => {
    const name = (index: number) => `State${index}`;
    const choices = states.map((state) => state.choices.map((to) => ({ Next: name(to) })));
    states.forEach(({ parent }, index) => {
      if (index > 0) choices[parent % index]!.push({ Next: name(index) });
    });
    return {
      StartAt: name(0),
      States: Object.fromEntries(
        states.map(({ catches }, index) => [
          name(index),
          { Type: 'Choice', Choices: choices[index], Catch: catches.map((to) => ({ Next: name(to) })) },
        ]),
      ),
    };
  });

test('states that follow each other are in one column, and failures continue below or next to it', () => {
  const Catch = [{ Next: 'Aside' }, { Next: 'Repair' }];
  const { boxes } = lay({
    StartAt: 'First',
    States: {
      First: { Next: 'Second', Catch },
      Second: { Next: 'Third', Catch },
      Third: { End: true, Catch },
      Repair: { Next: 'Failed', Catch: [{ Next: 'Aside' }] },
      Failed: {},
      Aside: {},
    },
  });
  const column = (name: string) => boxes.find((box) => box.name === name)!.x;
  const main = ['First', 'Second', 'Third', 'Repair', 'Failed'];
  expect(new Set(main.map(column)).size).toBe(1);
  expect(new Set(boxes.map(({ y }) => y)).size).toBe(main.length);
  expect(column('Aside')).toBeGreaterThan(column('Repair'));
});

test('an edge is a Catch only if no other transition connects the same states', () => {
  const definition = {
    StartAt: 'A',
    States: { A: { Next: 'B', Catch: [{ Next: 'B' }, { Next: 'C' }] }, B: {}, C: {} },
  };
  expect(edgesOf(definition)).toEqual([
    { from: 'A', to: 'B', isCatch: false },
    { from: 'A', to: 'C', isCatch: true },
  ]);
});

test('a loop is drawn as a jump back, not as a line', () => {
  const definition = {
    StartAt: 'Wait',
    States: { Wait: { Next: 'Check' }, Check: { Default: 'Wait', Choices: [] } },
  };
  expect(backEdges(definition)).toEqual([{ from: 'Check', to: 'Wait', isCatch: false }]);
  expect(lay(definition).lines).toHaveLength(1);
});

describe('for any state machine', () => {
  // One seed, so that each state machine is laid out once for all properties.
  const seed = Math.floor(Math.random() * 2 ** 31);
  const layouts = new Map<string, ReturnType<typeof lay>>();
  const layoutOf = (definition: Definition) => {
    const id = JSON.stringify(definition);
    const known = layouts.get(id) ?? lay(definition);
    layouts.set(id, known);
    return known;
  };
  const forAny = (problemsOf: (definition: Definition) => string[]) =>
    fc.assert(
      fc.property(definitions, (definition) => expect(problemsOf(definition)).toEqual([])),
      { numRuns: 100, seed },
    );

  test('no two boxes overlap, and all is inside the drawing', () => {
    forAny((definition) => {
      const { boxes, width, height } = layoutOf(definition);
      const outside = boxes.filter(
        ({ x, y, ...box }) => x < 0 || x + box.width > width || y + box.height > height,
      );
      const pairs = boxes.flatMap((box, index) =>
        boxes.slice(index + 1).map((other) => [box, other] as const),
      );
      const overlapping = pairs.filter(
        ([a, b]) => Math.abs(a.x - b.x) < BOX && a.y < b.y + b.height && b.y < a.y + a.height,
      );
      return [...outside.map(({ name }) => name), ...overlapping.map(([a, b]) => `${a.name} on ${b.name}`)];
    });
  });

  test('a line runs along rows and columns from its box to the cell above the other, and through no box', () => {
    forAny((definition) => {
      const { boxes, lines, width } = layoutOf(definition);
      const boxOf = (name: string) => boxes.find((box) => box.name === name)!;
      return lines.flatMap((line) => {
        const name = `${line.from} to ${line.to}`;
        const end = line.points.at(-1)!;
        const slanted = line.points.some((point, index) => {
          const next = line.points[index + 1] ?? point;
          return point.x !== next.x && point.y !== next.y;
        });
        return [
          ...(slanted ? [`${name} is slanted`] : []),
          ...(inside(boxOf(line.from), line.points[0]!) ? [] : [`${name} starts elsewhere`]),
          ...(inside(boxOf(line.to), { x: end.x, y: end.y + 1 }) ? [] : [`${name} ends elsewhere`]),
          ...cellsOf(line)
            .filter((cell) => cell.x >= width || boxes.some((box) => inside(box, cell)))
            .map(({ x, y }) => `${name} is at ${x},${y}`),
        ];
      });
    });
  });

  test('every transition is either a line or a jump back', () => {
    forAny((definition) => {
      const drawn = [...layoutOf(definition).lines, ...backEdges(definition)].map(
        ({ from, to }) => `${from} to ${to}`,
      );
      const wanted = edgesOf(definition).map(({ from, to }) => `${from} to ${to}`);
      return wanted.filter((edge) => drawn.filter((other) => other === edge).length !== 1);
    });
  });
});
