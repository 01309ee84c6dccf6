/** The endpoints that the internet can reach, if the settings enable them: thumbnails over HTTPS, and uploads. */
import type { Construct } from 'constructs';
import { type EndpointKey, exists, type FunctionKey } from './catalogue';
import type { Resources, UrlSigning } from './catalogue/entry';
import { Delivery } from './delivery/delivery';
import type { WorkflowFunction } from './functions/workflow-function';
import type { Key } from './security/key';
import type { Settings } from './settings/schema';
import type { Bucket } from './storage/bucket';
import { UploadApi } from './upload-api/upload-api';

export interface Endpoints {
  readonly delivery?: Delivery;
  /** Start of the URLs of thumbnails, whether the distribution delivers them or a CDN of your own. */
  readonly deliveryUrl?: string;
  readonly uploadApi?: UploadApi;
  /** The functions that answer requests, by their names in the settings. */
  readonly answering: Partial<Record<EndpointKey, WorkflowFunction>>;
}

export interface EndpointsProps {
  readonly settings: Settings;
  readonly account: string;
  readonly resources: Resources;
  /** The bucket that the thumbnails are in. */
  readonly thumbnails: Bucket;
  /** Adds a function that works with these resources. */
  readonly lambda: (key: FunctionKey, resources: Resources) => WorkflowFunction;
  readonly key?: Key;
}

export function addEndpoints(
  scope: Construct,
  { settings, account, resources, thumbnails, lambda, key }: EndpointsProps,
): Endpoints {
  const { namePrefix, region } = settings;
  const renderer = exists('render', settings) ? lambda('render', resources) : undefined;
  const delivery = settings.delivery.enabled
    ? new Delivery(scope, 'delivery', {
        settings: settings.delivery,
        name: `${namePrefix}-${region}`,
        region,
        bucket: thumbnails,
        thumbnails: resources.thumbnails,
        render: renderer,
      })
    : undefined;
  const deliveryUrl = delivery?.url ?? settings.delivery.baseUrl;
  const uploadApi = settings.uploadApi.enabled
    ? new UploadApi(scope, 'upload-api', {
        settings: settings.uploadApi,
        name: namePrefix,
        functions: {
          createUpload: lambda('createUpload', resources),
          getImage: lambda('getImage', {
            ...resources,
            deliveryUrl,
            signing: urlSigning(settings, account, delivery),
          }),
        },
        logs: settings.logs,
        key,
      })
    : undefined;
  const answering = { ...(renderer && { render: renderer }), ...uploadApi?.functions };
  return { delivery, deliveryUrl, uploadApi, answering };
}

/** @returns undefined if viewers need no signature */
function urlSigning(
  { region, delivery: { signing } }: Settings,
  account: string,
  delivery: Delivery | undefined,
): UrlSigning | undefined {
  if (!signing || !delivery?.trustedKeys) return undefined;
  const { kmsKeyArn, urlSeconds } = signing;
  // The rules of the settings ask for it with the upload API.
  const name = signing.privateKeyParameter as string;
  return {
    keyIds: delivery.trustedKeys.ids,
    parameter: { name, arn: `arn:aws:ssm:${region}:${account}:parameter${name}` },
    ...(kmsKeyArn && { encryption: { keyArn: kmsKeyArn, region } }),
    seconds: urlSeconds,
  };
}
