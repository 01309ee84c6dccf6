/** Alarms of the endpoints, if there are any. Nothing retries a request but the person who waits for it. */
import type { AlarmProps } from './alarm';
import { apiMetric, functionMetric } from './metrics';
import type { Watched } from './watched';

export function endpointAlarms({ settings: { alarms }, answering, uploadApi }: Watched): AlarmProps[] {
  const { render } = answering;
  const of = `within five minutes, of ${alarms.minimumInvocations} at least`;
  const functions = Object.values(answering);
  return [
    ...(render
      ? [
          {
            name: 'errors-render',
            description: `${alarms.errorPercent} % or more of the variants that were not there could not be made ${of}. Viewers see no image. It counts answers of 5xx, also to those who came while an upload was PROCESSING. Look first at the log group of render.`,
            measure: {
              part: functionMetric(render, 'Url5xxCount', 'Sum'),
              whole: functionMetric(render, 'UrlRequestCount', 'Sum'),
              minimum: alarms.minimumInvocations,
            },
            threshold: alarms.errorPercent,
          },
        ]
      : []),
    ...(uploadApi
      ? [
          {
            name: 'errors-api',
            description: `${alarms.errorPercent} % or more of the requests to the API failed ${of}: nobody can upload, or sees what became of it. Look first at the access log of the API, which has the error of the function, then at the log groups of create-upload and get-image.`,
            measure: {
              part: apiMetric(uploadApi, '5xx', 'Sum'),
              whole: apiMetric(uploadApi, 'Count', 'Sum'),
              minimum: alarms.minimumInvocations,
            },
            threshold: alarms.errorPercent,
          },
        ]
      : []),
    ...(functions.length > 0
      ? [
          {
            name: 'refused-requests',
            description: `${alarms.throttles} requests or more were refused within five minutes, for want of capacity. Unlike an event, a request does not wait: people saw an error. Look first which function it is on the dashboard: its reserved concurrency is used up, or that of the account.`,
            measure: { sum: functions.map((lambda) => functionMetric(lambda, 'Throttles', 'Sum')) },
            threshold: alarms.throttles,
          },
        ]
      : []),
  ];
}
