/**
 * Groups of files that import each other in a circle, each group in alphabetical order: the strongly connected
 * components of the graph, by Tarjan's algorithm.
 */
export function findCycles(imports: { from: string; to: string }[]): string[][] {
  const importsOf = new Map<string, string[]>();
  for (const { from, to } of imports) importsOf.set(from, [...(importsOf.get(from) ?? []), to]);
  const order = new Map<string, number>();
  const earliest = new Map<string, number>();
  const open: string[] = [];
  const cycles: string[][] = [];

  const enter = (file: string): void => {
    order.set(file, order.size);
    earliest.set(file, order.get(file)!);
    open.push(file);
    const targets = importsOf.get(file) ?? [];
    for (const to of targets) {
      if (!order.has(to)) enter(to);
      if (open.includes(to)) earliest.set(file, Math.min(earliest.get(file)!, earliest.get(to)!));
    }
    if (earliest.get(file) !== order.get(file)) return;
    const group = open.splice(open.indexOf(file)).sort();
    if (group.length > 1 || targets.includes(file)) cycles.push(group);
  };
  for (const file of importsOf.keys()) if (!order.has(file)) enter(file);
  return cycles;
}
