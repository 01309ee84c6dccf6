import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { Construct } from 'constructs';
import type { Alarm } from './alarm';
import { arrange } from './grid';
import type { Watched } from './watched';
import { rowsFor } from './widgets';

/** One page that shows how the workflow is doing. */
export class Dashboard extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, watched: Watched, alarms: Alarm[]) {
    super(scope, id);
    const { namePrefix, region } = watched.settings;
    const dashboard = new CloudwatchDashboard(this, 'dashboard', {
      // Dashboards belong to no region, so the name has to be unique in the whole account.
      dashboardName: `${namePrefix}-${region}`,
      dashboardBody: JSON.stringify({
        start: '-PT24H',
        widgets: arrange(
          rowsFor(
            watched,
            alarms.map(({ arn }) => arn),
          ),
        ),
      }),
    });
    this.name = dashboard.dashboardName;
  }
}
