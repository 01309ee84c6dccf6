export type { Engine, EngineOptions } from './options';
export type { PublicEndpoint } from './public-endpoints';
export { startEngine } from './start';
