import { Construct } from 'constructs';
import type { Topic } from '../messaging/topic';
import { Alarm } from './alarm';
import { alarmsFor } from './alarms';
import { Dashboard } from './dashboard';
import { Schedule } from './schedule';
import type { Watched } from './watched';

/** Between two counts of stuck records: one for each value of an alarm. */
const WATCH_MINUTES = 5;

export interface MonitoringProps extends Watched {
  /** Where alarms are told. */
  readonly topic: Topic;
  readonly account: string;
}

/** What tells people of trouble, and shows them where to look. */
export class Monitoring extends Construct {
  /** Where alarms are told. */
  readonly topic: Topic;
  readonly dashboardName: string;

  constructor(scope: Construct, id: string, { topic, account, ...watched }: MonitoringProps) {
    super(scope, id);
    const { namePrefix } = watched.settings;
    this.topic = topic;

    new Schedule(this, 'watch', {
      name: `${namePrefix}-watch`,
      description: 'Counts images that have been PROCESSING for long.',
      everyMinutes: WATCH_MINUTES,
      run: watched.functions.watch,
      account,
    });
    const alarms = alarmsFor(watched).map((props) => new Alarm(this, namePrefix, topic, props));
    this.dashboardName = new Dashboard(this, 'dashboard', watched, alarms).name;
  }
}
