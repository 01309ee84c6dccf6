export type { ObjectEvent } from './event';
export type { InputFormat, OutputFormat } from './formats';
export type { Image, Offer, PresetReference, Size, Thumbnail, Thumbnails } from './image';
export type { FailureMessage } from './messages/failure';
export type { ProcessedMessage } from './messages/processed';
export { SCHEMA } from './schema';
export type { Source } from './source';
export type {
  CaughtError,
  ExecutionState,
  Failure,
  Notification,
  RecordReference,
  Removal,
  TaskInput,
} from './states';
