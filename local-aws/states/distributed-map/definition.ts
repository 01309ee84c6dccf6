/** What a Map state in DISTRIBUTED mode says, as far as the engine runs it; everything else is refused by its name. */

type Json = Record<string, unknown>;

/** Where the items come from. */
export type ItemReader =
  | { kind: 'list'; parameters: Json; maxItems?: unknown; maxItemsPath?: string }
  | { kind: 'inventory'; parameters: Json; maxItems?: unknown; maxItemsPath?: string };

export interface DistributedMap {
  /** Name of the state. */
  state: string;
  /** Part of the ARNs of the Map Run and of its children. */
  label: string;
  reader: ItemReader;
  batch: { items: number; bytes: number; input?: Json };
  maxConcurrency?: number;
  maxConcurrencyPath?: string;
  toleratedPercent: number;
  /** The definition of the children. */
  processor: Json;
  results: Json;
}

/** Step Functions starts no more children at once: docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const MOST_CHILDREN = 10_000;

/** Bytes of the input of one child. */
const MOST_BYTES = 256 * 1024;

const READERS: Record<string, ItemReader['kind']> = {
  'arn:aws:states:::s3:listObjectsV2': 'list',
  'arn:aws:states:::s3:getObject': 'inventory',
};

/** Fields that each part may have. */
const KNOWN: Record<string, readonly string[]> = {
  state: [
    ...['Type', 'Comment', 'Label', 'Next', 'End', 'InputPath', 'OutputPath', 'ResultPath', 'ResultSelector'],
    ...['Retry', 'Catch', 'ItemReader', 'ItemBatcher', 'ItemProcessor', 'ResultWriter'],
    ...['MaxConcurrency', 'MaxConcurrencyPath', 'ToleratedFailurePercentage'],
  ],
  ItemReader: ['Resource', 'ReaderConfig', 'Parameters'],
  ReaderConfig: ['InputType', 'MaxItems', 'MaxItemsPath'],
  ItemBatcher: ['MaxItemsPerBatch', 'MaxInputBytesPerBatch', 'BatchInput'],
  ItemProcessor: ['ProcessorConfig', 'StartAt', 'States', 'Comment'],
  ProcessorConfig: ['Mode', 'ExecutionType'],
  ResultWriter: ['Resource', 'Parameters'],
};

const part = (holder: Json, name: string) => (holder[name] ?? {}) as Json;

/** Whether a state is a Distributed Map. */
export const isDistributed = (state: Json): boolean =>
  state['Type'] === 'Map' && partsOf(state).mode['Mode'] === 'DISTRIBUTED';

/** Names what the engine doesn't run of a Map state. */
export function* problemsOfMap(state: Json): Generator<string> {
  const { reader, config, batcher, processor, mode, writer } = partsOf(state);
  const parts: [string, Json][] = [
    ['state', state],
    ['ItemReader', reader],
    ['ReaderConfig', config],
    ['ItemBatcher', batcher],
    ['ItemProcessor', processor],
    ['ProcessorConfig', mode],
    ['ResultWriter', writer],
  ];
  if (mode['Mode'] !== 'DISTRIBUTED') {
    yield 'a Map state in INLINE mode is not supported: its iterations would see the wrong execution in the context';
    return;
  }
  for (const [name, value] of parts) {
    for (const field of Object.keys(value).filter((each) => !KNOWN[name]!.includes(each))) {
      yield `${name === 'state' ? '' : `${name}.`}${field} of a Map state is not supported`;
    }
  }
  if (mode['ExecutionType'] !== 'EXPRESS') yield 'children of a Map state have to be EXPRESS';
  const kind = READERS[String(reader['Resource'])];
  if (!kind)
    yield `ItemReader.Resource "${reader['Resource']}" is not supported, only ${Object.keys(READERS).join(' and ')}`;
  if (kind === 'inventory' && config['InputType'] !== 'MANIFEST') {
    yield `ItemReader.ReaderConfig.InputType "${config['InputType']}" is not supported, only MANIFEST`;
  }
  if (!('ItemBatcher' in state)) yield 'a Map state without ItemBatcher is not supported';
  if (writer['Resource'] !== 'arn:aws:states:::s3:putObject') {
    yield 'a Map state without a ResultWriter that puts objects into S3 is not supported';
  }
  for (const holder of [
    part(reader, 'Parameters'),
    part(batcher, 'BatchInput'),
    part(writer, 'Parameters'),
  ]) {
    for (const [key, value] of Object.entries(holder)) {
      if (key.endsWith('.$') && !PATH.test(String(value))) {
        yield `${key} "${value}" of a Map state: only a path of names is supported, such as $.bucket or $$.Execution.Name`;
      }
    }
  }
}

function partsOf(state: Json) {
  const reader = part(state, 'ItemReader');
  const processor = part(state, 'ItemProcessor');
  return {
    reader,
    config: part(reader, 'ReaderConfig'),
    batcher: part(state, 'ItemBatcher'),
    processor,
    mode: part(processor, 'ProcessorConfig'),
    writer: part(state, 'ResultWriter'),
  };
}

/** @param state that has none of the {@link problemsOfMap} */
export function distributedMap(name: string, state: Json): DistributedMap {
  const { reader, config, batcher, processor, writer } = partsOf(state);
  const { ProcessorConfig: _, ...children } = processor;
  return {
    state: name,
    label: String(state['Label'] ?? name),
    reader: {
      kind: READERS[String(reader['Resource'])]!,
      parameters: part(reader, 'Parameters'),
      maxItems: config['MaxItems'],
      ...('MaxItemsPath' in config && { maxItemsPath: String(config['MaxItemsPath']) }),
    },
    batch: {
      items: Number(batcher['MaxItemsPerBatch'] ?? Number.POSITIVE_INFINITY),
      bytes: Number(batcher['MaxInputBytesPerBatch'] ?? MOST_BYTES),
      ...('BatchInput' in batcher && { input: part(batcher, 'BatchInput') }),
    },
    ...('MaxConcurrency' in state && { maxConcurrency: Number(state['MaxConcurrency']) }),
    ...('MaxConcurrencyPath' in state && { maxConcurrencyPath: String(state['MaxConcurrencyPath']) }),
    toleratedPercent: Number(state['ToleratedFailurePercentage'] ?? 0),
    processor: children,
    results: part(writer, 'Parameters'),
  };
}

/** A path of names, into the input or the context. */
const PATH = /^\$\$?(\.\w+)+$|^\$$/;

/** What a path leads to. @throws Error `States.ParameterPathFailure` if it leads nowhere */
export function follow(path: string, input: unknown, context: Json): unknown {
  const [root, ...names] = path.split('.');
  const found = names.reduce<unknown>(
    (value, name) => (value as Json | undefined)?.[name],
    root === '$$' ? context : input,
  );
  if (found !== undefined) return found;
  throw Object.assign(new Error(`The path ${path} of a Map state leads nowhere`), {
    name: 'States.ParameterPathFailure',
  });
}

/** Fills in a template, whose keys that end in `.$` hold paths. */
export function fill(template: Json, input: unknown, context: Json): Json {
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) =>
      key.endsWith('.$') ? [key.slice(0, -2), follow(String(value), input, context)] : [key, value],
    ),
  );
}
