/** Columns of a dashboard's grid: docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const COLUMNS = 24;

export interface Widget {
  readonly type: 'metric' | 'alarm';
  readonly properties: object;
}

export interface Row {
  /** In units of the grid. */
  readonly height: number;
  /** They share the width of the row. */
  readonly widgets: readonly Widget[];
}

/** Puts the rows below each other, and the widgets of a row side by side. */
export function arrange(rows: readonly Row[]): object[] {
  let y = 0;
  return rows.flatMap(({ height, widgets }) => {
    const width = Math.floor(COLUMNS / widgets.length);
    const row = widgets.map(({ type, properties }, n) => ({
      type,
      x: n * width,
      y,
      width,
      height,
      properties,
    }));
    y += height;
    return row;
  });
}
