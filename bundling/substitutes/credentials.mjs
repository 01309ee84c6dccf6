/**
 * In place of the SDK's search for credentials, a seventh of its code: profiles, single sign-on, the metadata of
 * machines. A function finds its own in the environment, where Lambda puts them
 * (docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html), and the local engine does.
 */
import { fromEnv } from '@aws-sdk/credential-provider-env';

export const defaultProvider = fromEnv;
