/** Alarms for the endpoints, if there are any. A failed request is retried only by the person who waits for it. */
import type { AlarmProps } from './alarm';
import { apiMetric, functionMetric } from './metrics';
import type { Watched } from './watched';

export function endpointAlarms({
  settings: { alarms, namePrefix },
  answering,
  uploadApi,
}: Watched): AlarmProps[] {
  const { render } = answering;
  const atLeast = `within five minutes (at least ${alarms.minimumInvocations})`;
  const functions = Object.values(answering);
  return [
    ...(render
      ? [
          {
            name: 'errors-render',
            description: `Of the requests for variants that did not exist yet ${atLeast}, ${alarms.errorPercent} % or more failed with a 5xx. Viewers see no image. Requests for an image that is still PROCESSING count too.`,
            lookAt: 'the log group of render',
            run: `aws logs tail /aws/lambda/${namePrefix}-render --since 15m --filter-pattern '{ $.level = "ERROR" }'`,
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
            description: `Of the requests to the API ${atLeast}, ${alarms.errorPercent} % or more failed with a 5xx. Users cannot upload or see what became of their uploads.`,
            lookAt:
              'the access log of the API, which names the error of the function, then at the log groups of create-upload and get-image',
            run: `aws logs tail /aws/vendedlogs/apigateway/${namePrefix} --since 15m --filter-pattern '{ $.status = 5* }'`,
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
            description: `${alarms.throttles} requests or more were refused within five minutes because no capacity was free. Nothing retries a request, so people saw an error.`,
            lookAt:
              'the throttles by function on the dashboard: either the reserved concurrency of that function or the concurrency of the account is used up',
            run: 'aws lambda get-account-settings --query AccountLimit',
            measure: { sum: functions.map((lambda) => functionMetric(lambda, 'Throttles', 'Sum')) },
            threshold: alarms.throttles,
          },
        ]
      : []),
  ];
}
