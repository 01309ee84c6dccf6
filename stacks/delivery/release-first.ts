/**
 * The lifecycle of every resource that a distribution refers to. Without it, Terraform destroys such a resource before it
 * updates the distribution, and CloudFront refuses, because the distribution still uses it. Terraform keeps this in its
 * state, so it also applies after the resource has left the configuration.
 */
export const RELEASED_BEFORE_DESTROYED = { createBeforeDestroy: true };
