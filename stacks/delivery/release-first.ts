/**
 * For what a distribution refers to. Without it, Terraform destroys such a resource before it updates the distribution,
 * and CloudFront refuses: the distribution still uses it. Terraform remembers this in its state, so it also holds when
 * the resource is no longer in the configuration.
 */
export const RELEASED_BEFORE_DESTROYED = { createBeforeDestroy: true };
