import { BT_709, type Primaries } from '../prescan/colours';

export type Matrix = readonly (readonly [number, number, number])[];

/** From light in these primaries to light in those of sRGB, with their white as its white. */
export function toLinearSrgb(primaries: Primaries): Matrix {
  return multiply(inverse(toXyz(BT_709)), multiply(adaptation(primaries[3], BT_709[3]), toXyz(primaries)));
}

/** SMPTE RP 177. */
function toXyz([red, green, blue, white]: Primaries): Matrix {
  const columns = [red, green, blue].map(xyz);
  const rows = [0, 1, 2].map((row) => columns.map((column) => column[row])) as unknown as Matrix;
  const amounts = apply(inverse(rows), xyz(white));
  return rows.map((row) => row.map((value, i) => value * (amounts[i] as number))) as unknown as Matrix;
}

function xyz([x, y]: readonly [number, number]): [number, number, number] {
  return [x / y, 1, (1 - x - y) / y];
}

/** From what the eye sees in one white to another: Bradford's cone responses, as ICC.1 annex E has them. */
function adaptation(from: readonly [number, number], to: readonly [number, number]): Matrix {
  const [before, after] = [apply(BRADFORD, xyz(from)), apply(BRADFORD, xyz(to))];
  const scaled = BRADFORD.map((row, i) =>
    row.map((value) => (value * (after[i] as number)) / (before[i] as number)),
  ) as unknown as Matrix;
  return multiply(inverse(BRADFORD), scaled);
}

const BRADFORD: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];

function apply(matrix: Matrix, vector: readonly number[]): [number, number, number] {
  return matrix.map((row) => row.reduce((sum, value, i) => sum + value * (vector[i] as number), 0)) as [
    number,
    number,
    number,
  ];
}

function multiply(one: Matrix, other: Matrix): Matrix {
  const columns = [0, 1, 2].map((i) =>
    apply(
      one,
      other.map((row) => row[i] as number),
    ),
  );
  return [0, 1, 2].map((row) => columns.map((column) => column[row])) as unknown as Matrix;
}

function inverse(m: Matrix): Matrix {
  const at = (row: number, column: number) => m[row % 3]?.[column % 3] as number;
  const cofactor = (row: number, column: number) =>
    at(row + 1, column + 1) * at(row + 2, column + 2) - at(row + 1, column + 2) * at(row + 2, column + 1);
  const determinant = [0, 1, 2].reduce((sum, i) => sum + at(0, i) * cofactor(0, i), 0);
  return [0, 1, 2].map((row) =>
    [0, 1, 2].map((column) => cofactor(column, row) / determinant),
  ) as unknown as Matrix;
}
