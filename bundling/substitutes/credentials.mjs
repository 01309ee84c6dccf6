/**
 * Replaces the SDK's search for credentials, which is a seventh of its code: profiles, single sign-on, instance metadata. A
 * function finds its credentials in the environment, where both Lambda and the local engine put them
 * (docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html).
 */
import { fromEnv } from '@aws-sdk/credential-provider-env';

export const defaultProvider = fromEnv;
