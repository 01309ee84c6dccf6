/** A grid of characters on which boxes and lines join with the right box-drawing character. */

export type Style = 'plain' | 'dim' | 'bold' | 'good' | 'bad' | 'warning' | 'busy';

/** docs: ECMA-48, Select Graphic Rendition */
const ANSI: Record<Style, string> = {
  plain: '',
  dim: '\u001b[2m',
  bold: '\u001b[1m',
  good: '\u001b[32m',
  bad: '\u001b[31m',
  warning: '\u001b[33m',
  busy: '\u001b[36m',
};
const RESET = '\u001b[0m';

/** How a line or border looks. Heavy is drawn over light where they cross. */
export interface Pen {
  heavy: boolean;
  dashed: boolean;
  style: Style;
}

/** Up, right, down, left: 0 for no arm, 1 for a light one, 2 for a heavy one. */
type Arms = [number, number, number, number];

interface Stroke extends Pen {
  arms: Arms;
}

interface Cell {
  text?: { character: string; style: Style };
  /** One for each line in this cell. Lines with the same owner join; others cross. */
  strokes: Map<string, Stroke>;
}

/** Every combination of arms, read as a number in base three. */
const GLYPHS = ' ╴╸╷┐┑╻┒┓╶─╾┌┬┭┎┰┱╺╼━┍┮┯┏┲┳╵┘┙│┤┥╽┧┪└┴┵├┼┽┟╁╅┕┶┷┝┾┿┢╆╈╹┚┛╿┦┩┃┨┫┖┸┹┞╀╃┠╂╉┗┺┻┡╄╇┣╊╋';

const DASHED: Record<string, string> = { '─': '╌', '│': '╎', '━': '╍', '┃': '╏' };

const DIRECTIONS = [
  { dx: 0, dy: -1 },
  { dx: 1, dy: 0 },
  { dx: 0, dy: 1 },
  { dx: -1, dy: 0 },
];

function glyph({ arms: [up, right, down, left], dashed }: Stroke): string {
  const solid = GLYPHS[up * 27 + right * 9 + down * 3 + left]!;
  return (dashed && DASHED[solid]) || solid;
}

export class Canvas {
  private readonly cells: Cell[][];

  constructor(width: number, height: number) {
    this.cells = Array.from({ length: height }, () =>
      Array.from({ length: width }, (): Cell => ({ strokes: new Map() })),
    );
  }

  text(x: number, y: number, text: string, style: Style): void {
    [...text].forEach((character, index) => {
      const cell = this.cells[y]?.[x + index];
      if (cell) cell.text = { character, style };
    });
  }

  /** Draws along columns and rows from point to point. */
  line(points: { x: number; y: number }[], owner: string, pen: Pen): void {
    points.slice(1).forEach((end, index) => {
      const at = { ...points[index]! };
      const direction = DIRECTIONS.findIndex(
        ({ dx, dy }) => dx === Math.sign(end.x - at.x) && dy === Math.sign(end.y - at.y),
      );
      while (direction >= 0 && (at.x !== end.x || at.y !== end.y)) {
        this.arm(at.x, at.y, direction, owner, pen);
        at.x += DIRECTIONS[direction]!.dx;
        at.y += DIRECTIONS[direction]!.dy;
        this.arm(at.x, at.y, (direction + 2) % 4, owner, pen);
      }
    });
  }

  box(x: number, y: number, width: number, height: number, owner: string, pen: Pen): void {
    const [right, bottom] = [x + width - 1, y + height - 1];
    const corners = [
      { x, y },
      { x: right, y },
      { x: right, y: bottom },
      { x, y: bottom },
      { x, y },
    ];
    this.line(corners, owner, pen);
  }

  /** Draws a line that starts on the border of a box, and joins it there. */
  lineFrom(border: string, points: { x: number; y: number }[], owner: string, pen: Pen): void {
    const [{ x, y }, next] = points as [{ x: number; y: number }, { x: number; y: number }];
    const [direction, outside] = next.x > x ? [1, { x: x + 1, y }] : [2, { x, y: y + 1 }];
    const stroke = this.cells[y]?.[x]?.strokes.get(border);
    if (stroke) stroke.arms[direction] = pen.heavy ? 2 : 1;
    this.arm(outside.x, outside.y, (direction + 2) % 4, owner, pen);
    this.line([outside, ...points.slice(1)], owner, pen);
  }

  private arm(x: number, y: number, direction: number, owner: string, pen: Pen): void {
    const strokes = this.cells[y]?.[x]?.strokes;
    if (!strokes) return;
    const stroke = strokes.get(owner) ?? { ...pen, arms: [0, 0, 0, 0] as Arms };
    stroke.arms[direction] = Math.max(stroke.arms[direction]!, pen.heavy ? 2 : 1);
    stroke.dashed &&= pen.dashed;
    if (pen.heavy && !stroke.heavy) Object.assign(stroke, { heavy: true, style: pen.style });
    strokes.set(owner, stroke);
  }

  /** @param color with ANSI colours */
  toString(color: boolean): string {
    return this.cells.map((row) => renderRow(row.map(show), color)).join('\n');
  }
}

/** Where lines cross, the heavy one is visible, otherwise the one that goes down. */
function show(cell: Cell): { character: string; style: Style } {
  if (cell.text) return cell.text;
  const strokes = [...cell.strokes.values()];
  const rank = ({ heavy, arms }: Stroke) => (heavy ? 2 : 0) + (arms[0] && arms[2] ? 1 : 0);
  strokes.sort((a, b) => rank(b) - rank(a));
  const [top] = strokes;
  return top ? { character: glyph(top), style: top.style } : { character: ' ', style: 'plain' };
}

function renderRow(cells: { character: string; style: Style }[], color: boolean): string {
  let line = '';
  let current: Style = 'plain';
  for (const { character, style } of cells) {
    if (color && character !== ' ' && style !== current) {
      line += (current === 'plain' ? '' : RESET) + ANSI[style];
      current = style;
    }
    line += character;
  }
  return line.trimEnd() + (current === 'plain' ? '' : RESET);
}

/** @returns the text as it is without colours, else with them */
export function paint(text: string, style: Style, color: boolean): string {
  return color && style !== 'plain' ? `${ANSI[style]}${text}${RESET}` : text;
}
