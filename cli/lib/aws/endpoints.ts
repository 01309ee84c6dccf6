/** What sends the calls of the SDK and of Terraform somewhere else than to AWS: environment variables and the AWS profile. */
import { loadSharedConfigFiles } from '@smithy/core/config';

/** An endpoint that was chosen on this machine. */
export interface ChosenEndpoint {
  /** What says so, for example `AWS_ENDPOINT_URL_S3`. */
  by: string;
  url: string;
  /** The service it is for, as in the variable's name, for example `CLOUDWATCH_LOGS`; left out when it is for every service. */
  service?: string;
}

/** docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
const VARIABLE = /^AWS_ENDPOINT_URL(?:_([A-Z0-9_]+))?$/;

/** Older names of Terraform's provider: registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/custom-service-endpoints */
const TERRAFORM_VARIABLE = /^(?:TF_)?AWS_(DYNAMODB|IAM|S3|STS)_ENDPOINT$/;

/** @returns what is chosen, unless the environment says that it doesn't count; variables first, since they go before a profile */
export async function chosenEndpoints(environment: NodeJS.ProcessEnv): Promise<ChosenEndpoint[]> {
  if (environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']?.toLowerCase() === 'true') return [];
  return [...inVariables(environment), ...(await inProfile(environment['AWS_PROFILE'] ?? 'default'))];
}

/** @returns the one that a client of this service follows. @param serviceId as the SDK has it, for example `CloudWatch Logs` */
export function endpointFor(
  serviceId: string,
  chosen: readonly ChosenEndpoint[],
): ChosenEndpoint | undefined {
  const own = serviceId.replaceAll(' ', '_').toUpperCase();
  return chosen.find(({ service }) => service === own) ?? chosen.find(({ service }) => service === undefined);
}

function inVariables(environment: NodeJS.ProcessEnv): ChosenEndpoint[] {
  return Object.entries(environment).flatMap(([name, url]) => {
    const match = VARIABLE.exec(name) ?? TERRAFORM_VARIABLE.exec(name);
    return match && url ? [{ by: name, url, ...(match[1] && { service: match[1] }) }] : [];
  });
}

async function inProfile(profile: string): Promise<ChosenEndpoint[]> {
  const { configFile } = await loadSharedConfigFiles();
  const { endpoint_url: url, services } = configFile[profile] ?? {};
  const own = services === undefined ? {} : (configFile[`services.${services}`] ?? {});
  return [
    ...(url ? [{ by: `endpoint_url of the AWS profile ${profile}`, url }] : []),
    ...Object.entries(own).flatMap(([key, value]) => {
      const [, service] = /^(\w+)\.endpoint_url$/.exec(key) ?? [];
      const by = `endpoint_url of ${service} in the services section ${services} of the AWS profile ${profile}`;
      return service && value ? [{ by, url: value, service: service.toUpperCase() }] : [];
    }),
  ];
}

/** Whether a URL leads to this machine, or to the one that a container runs on. */
export function isOnThisMachine(url: string): boolean {
  let host: string;
  try {
    // In its shortest form, without the brackets of IPv6 and the final dot.
    host = new URL(url).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  } catch {
    return false;
  }
  return (
    /^(.+\.)?localhost(\.localdomain)?$/.test(host) ||
    host === 'host.docker.internal' ||
    /^127\.\d+\.\d+\.\d+$/.test(host) ||
    // The unspecified address means this machine to a program that connects, and IPv4 may be written as IPv6.
    ['0.0.0.0', '::', '::1', '::ffff:0:0'].includes(host) ||
    /^::ffff:7f[0-9a-f]{2}:/.test(host)
  );
}
