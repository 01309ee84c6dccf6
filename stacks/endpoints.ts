/** What the internet can reach, if the settings enable it: thumbnails over HTTPS, and uploads by form. */
import type { Construct } from 'constructs';
import { Delivery } from './delivery/delivery';
import { type FunctionName, functionsFor } from './functions/catalogue';
import { createUpload } from './functions/create-upload';
import { getImage } from './functions/get-image';
import { render } from './functions/render';
import type { Resources, Task } from './functions/task';
import type { FunctionSize, WorkflowFunction } from './functions/workflow-function';
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
  readonly answering: Partial<Record<'render' | 'createUpload' | 'getImage', WorkflowFunction>>;
}

export interface EndpointsProps {
  readonly settings: Settings;
  readonly resources: Resources;
  /** The bucket that the thumbnails are in. */
  readonly thumbnails: Bucket;
  /** Adds a function. */
  readonly lambda: (name: FunctionName, size: FunctionSize, needs: Task) => WorkflowFunction;
  readonly key?: Key;
}

export function addEndpoints(
  scope: Construct,
  { settings, resources, thumbnails, lambda, key }: EndpointsProps,
): Endpoints {
  const { namePrefix, region, functions } = settings;
  const renderer = functionsFor(settings).includes('render')
    ? lambda('render', functions.render, render(resources, settings))
    : undefined;
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
          createUpload: lambda('create-upload', functions.createUpload, createUpload(resources, settings)),
          // The rules of the settings ask for a URL with the upload API.
          getImage: lambda(
            'get-image',
            functions.getImage,
            getImage({ ...resources, deliveryUrl: deliveryUrl as string }),
          ),
        },
        logs: settings.logs,
        key,
      })
    : undefined;
  const answering = { ...(renderer && { render: renderer }), ...uploadApi?.functions };
  return { delivery, deliveryUrl, uploadApi, answering };
}
