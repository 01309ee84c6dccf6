import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { Construct } from 'constructs';
import type { Alarm } from './alarm';
import { arrange } from './grid';
import type { Watched } from './watched';
import { rowsFor } from './widgets';

/** One page that shows how the workflow does. */
export class Dashboard extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, watched: Watched, alarms: Alarm[]) {
    super(scope, id);
    const { namePrefix, region } = watched.settings;
    const dashboard = new CloudwatchDashboard(this, 'dashboard', {
      // Unlike what it shows, a dashboard has no region: its name has to be its own in the whole account.
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
