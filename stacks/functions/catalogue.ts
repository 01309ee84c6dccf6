/** The functions, by the folder that holds their code, and which of them the settings ask for. */
import type { Settings } from '../settings/schema';

type Asked = (settings: Settings) => boolean;

const always: Asked = () => true;
const withVariantsOnRequest: Asked = ({ presets }) =>
  presets.some(({ variants }) => variants.some(({ lazy }) => lazy));
const withTheUploadApi: Asked = ({ uploadApi }) => uploadApi.enabled;

const FUNCTIONS = {
  validate: always,
  thumbnail: always,
  'store-metadata': always,
  notify: always,
  quarantine: always,
  remove: always,
  resume: always,
  watch: always,
  render: withVariantsOnRequest,
  'create-upload': withTheUploadApi,
  'get-image': withTheUploadApi,
} as const satisfies Record<string, Asked>;

export type FunctionName = keyof typeof FUNCTIONS;

/** @returns the functions that a stack of these settings has */
export function functionsFor(settings: Settings): FunctionName[] {
  const all = Object.entries(FUNCTIONS) as [FunctionName, Asked][];
  return all.filter(([, asked]) => asked(settings)).map(([name]) => name);
}
