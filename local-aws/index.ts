/**
 * The engine: what starts it, the types of its options, and the parts of it that can be used alone.
 *
 * Loading this takes most of a second. A program that only reads what an engine left behind imports `./history`, one that draws
 * an execution imports `./graph`, and one that looks for a running engine imports `./data-folder`.
 */

export { openAddress } from './address';
export type { StateChange } from './cloudwatch';
export { empty, type Running, runningEngine } from './data-folder';
export { type Engine, type EngineOptions, type PublicEndpoint, startEngine } from './engine';
export { compilePattern } from './events/pattern';
export { type Fault, type FaultInput, parseFaults, readFaults } from './faults';
export { USER_CREDENTIALS } from './principals';
export { createS3, type ObjectEvent } from './s3';
export { objectEvent } from './s3/events';
export type { Call, Gate } from './service';
export { authenticate } from './sigv4';
export { type Existing, readExisting } from './stack/existing';
export { loadStack } from './stack/load';
export type { Stack } from './stack/model';
export { createStateMachines } from './states';
