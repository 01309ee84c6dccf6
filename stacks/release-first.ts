/**
 * For what other resources use and AWS must not lose first: a distribution's access controls and policies, the key.
 * Without it, Terraform destroys such a resource before it updates its users. CloudFront then refuses, and a key that is
 * pending deletion decrypts nothing. Terraform remembers this in its state, so it also holds when the resource is no longer
 * in the configuration.
 */
export const RELEASED_BEFORE_DESTROYED = { createBeforeDestroy: true };
