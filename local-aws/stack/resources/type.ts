/** What the engine knows about a Terraform type, and helpers for every service's list of types. */

/** Where the stack is deployed. */
export interface Place {
  account: string;
  region: string;
  /** Where clients reach the services. @default AWS's own addresses */
  endpoint?: string;
}

/** Reads one argument of the resource, references resolved. */
export type Get = (argument: string) => unknown;

export interface ResourceType {
  /** Arguments that the engine understands; undefined if the resource has no effect here and all are accepted. */
  arguments?: string[];
  /** Why the resource changes nothing locally. */
  noEffect?: string;
  /** Attributes that aren't arguments, computed when something refers to them. */
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
