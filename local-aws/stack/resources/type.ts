/** What the local engine knows of a Terraform type, and what every service's list of types is written with. */

/** Where the stack lives. */
export interface Place {
  account: string;
  region: string;
  /** What clients reach the services at. @default AWS's own addresses */
  endpoint?: string;
}

/** Reads one argument of the resource, references resolved. */
export type Get = (argument: string) => unknown;

export interface ResourceType {
  /** Arguments the engine understands; undefined where the resource has no effect locally and all are accepted. */
  arguments?: string[];
  /** Why the resource changes nothing locally. */
  noEffect?: string;
  /** Attributes that are no argument, each computed when something refers to it. */
  attributes?: Record<string, Attribute>;
}

export type Attribute = (get: Get, place: Place, address: string) => unknown;

/** Types of one service, by name. */
export type ResourceTypes = Record<string, ResourceType>;

export const PARTITION = 'aws';

export const arn = (service: string, resource: (get: Get) => string) => (get: Get, place: Place) =>
  `arn:${PARTITION}:${service}:${place.region}:${place.account}:${resource(get)}`;

/** An attribute that has the value of an argument. */
export const same = (argument: string) => (get: Get) => get(argument);
