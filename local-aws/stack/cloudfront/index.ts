/** Distributions, from the resources that make them up. */

export { distribution, type Parts } from './distribution';
export { accessControl } from './origins';
