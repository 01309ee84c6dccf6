/**
 * Metric math, as far as alarms of a stack use it: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 *
 * jsep parses, since the syntax is that of its expressions; this file gives them their meaning.
 */

import jsep from 'jsep';

/** Values of one period by the id of their metric; undefined if the metric has none. */
export type Values = Record<string, number | undefined>;

/** The value of an expression in one period; undefined if CloudWatch has no data point. */
export type Formula = (values: Values) => number | undefined;

type Several = (values: Values) => number[];
type Node = jsep.CoreExpression;

const OPERATORS: Record<string, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
};

/** Combines several metrics of one period; those without a value are left out. */
const OF_SEVERAL: Record<string, (values: number[]) => number> = {
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  AVG: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  MAX: (values) => Math.max(...values),
  MIN: (values) => Math.min(...values),
};

const FUNCTIONS = ['IF', 'FILL', ...Object.keys(OF_SEVERAL)];

/**
 * @param ids of the metrics it may name
 * @throws Error naming the part of the expression that isn't supported here
 */
export function compile(expression: string, ids: string[]): Formula {
  const fail = (what: string): never => {
    throw new Error(`${what} in the expression ${expression}`);
  };

  function formula(node: Node): Formula {
    switch (node.type) {
      case 'Literal':
        if (typeof node.value !== 'number') return fail(`Expected a number but received ${node.raw}`);
        return constant(node.value);
      case 'Identifier':
        return metric(node.name);
      case 'UnaryExpression': {
        if (node.operator !== '-') return fail(`Expected the sign - but received ${node.operator}`);
        return binary(OPERATORS['-']!, constant(0), formula(node.argument as Node));
      }
      case 'BinaryExpression': {
        const operator = OPERATORS[node.operator];
        if (!operator) return fail(`Expected ${known(OPERATORS)} but received ${node.operator}`);
        return binary(operator, formula(node.left as Node), formula(node.right as Node));
      }
      case 'CallExpression':
        return call(node);
      default:
        return fail(`Expected numbers, metrics, ${FUNCTIONS.join(', ')} but received a ${node.type}`);
    }
  }

  function metric(name: string): Formula {
    if (!ids.includes(name)) fail(`Expected a metric (${ids.join(', ')}) but received ${name}`);
    return (values) => values[name];
  }

  function call({ callee, arguments: given }: jsep.CallExpression): Formula {
    const name = String(callee['name']);
    const [first, second, third] = given as Node[];
    const takes = (count: number) => {
      if (given.length !== count) fail(`Expected ${count} arguments of ${name} but received ${given.length}`);
    };
    if (name === 'IF') {
      takes(3);
      const [condition, yes, no] = [formula(first!), formula(second!), formula(third!)];
      return (values) => {
        const decided = condition(values);
        return decided === undefined ? undefined : decided ? yes(values) : no(values);
      };
    }
    if (name === 'FILL') {
      takes(2);
      const [value, otherwise] = [formula(first!), formula(second!)];
      return (values) => value(values) ?? otherwise(values);
    }
    const combine = OF_SEVERAL[name];
    if (!combine) return fail(`Expected ${FUNCTIONS.join(', ')} but received ${name}`);
    takes(1);
    const all = several(first!);
    return (values) => {
      const present = all(values);
      return present.length > 0 ? combine(present) : undefined;
    };
  }

  /** A list in brackets, or `METRICS()`. For a single series, CloudWatch would add up the values over time. */
  function several(node: Node): Several {
    const isAll = node.type === 'CallExpression' && (node.callee as Node)['name'] === 'METRICS';
    if (isAll && (node.arguments as Node[]).length > 0) fail('Expected METRICS() without arguments');
    if (!isAll && node.type !== 'ArrayExpression') fail('Expected METRICS() or [a, b, …] as its argument');
    const each = isAll ? ids.map(metric) : (node['elements'] as Node[]).map(formula);
    return (values) => each.map((one) => one(values)).filter((value) => value !== undefined);
  }

  let parsed: jsep.Expression;
  try {
    parsed = jsep(expression);
  } catch (error) {
    return fail((error as Error).message);
  }
  return formula(parsed as Node);
}

const constant = (value: number): Formula => {
  return () => value;
};

/** A missing value has no result, and neither has a division by zero. */
const binary =
  (operator: (a: number, b: number) => number, left: Formula, right: Formula): Formula =>
  (values) => {
    const [a, b] = [left(values), right(values)];
    if (a === undefined || b === undefined) return undefined;
    const result = operator(a, b);
    return Number.isFinite(result) ? result : undefined;
  };

const known = (names: object) => Object.keys(names).join(' ');
