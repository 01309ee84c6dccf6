import { Construct } from 'constructs';
import { RUNBOOK } from '../../contract/messages/links';
import type { Topic } from '../messaging/topic';
import { Alarm } from './alarm';
import { alarmsFor } from './alarms';
import { Dashboard } from './dashboard';
import { Schedule } from './schedule';
import type { Watched } from './watched';

/** Minutes between two counts of stuck records. Each period of the alarm gets one count. */
const WATCH_MINUTES = 5;

export interface MonitoringProps extends Watched {
  /** Gets a message for each alarm. */
  readonly topic: Topic;
  readonly account: string;
}

/** Alarms, the dashboard, and the schedule that counts stuck records. */
export class Monitoring extends Construct {
  /** Gets a message for each alarm. */
  readonly topic: Topic;
  readonly dashboardName: string;

  constructor(scope: Construct, id: string, { topic, account, ...watched }: MonitoringProps) {
    super(scope, id);
    const { namePrefix } = watched.settings;
    this.topic = topic;

    new Schedule(this, 'watch', {
      name: `${namePrefix}-watch`,
      description: 'Runs the function that counts images which have been PROCESSING for too long.',
      everyMinutes: WATCH_MINUTES,
      run: watched.functions.watch,
      account,
    });
    const runbook = watched.settings.notifications.runbookUrl ?? RUNBOOK;
    const alarms = alarmsFor(watched).map((props) => new Alarm(this, { namePrefix, topic, runbook }, props));
    this.dashboardName = new Dashboard(this, 'dashboard', watched, alarms).name;
  }
}
