// What was promised of /predict, what is left of it, and how fast it is being used up. By the recording rules of deploy/prometheus.
import { SERVERS, type Dashboard, type Line } from './panels.ts';

const JOB = 'job=~"$job"';
const OBJECTIVES = {
  errors: { rule: 'job:predict_errors_per_requests', budget: 0.001 },
  latency: { rule: 'job:predict_slow_per_requests', budget: 0.01 },
} as const;
type Objective = keyof typeof OBJECTIVES;

const ratio = (of: Objective, window: string): string =>
  `max(${OBJECTIVES[of].rule}:ratio_rate${window}{${JOB}})`;

const left = (of: Objective): Line => [
  'left',
  `1 - max(avg_over_time(${OBJECTIVES[of].rule}:ratio_rate1h{${JOB}}[30d])) / ${OBJECTIVES[of].budget}`,
];

const burn = (of: Objective): readonly Line[] =>
  ['5m', '1h', '6h', '1d', '3d'].map((window) => [
    window,
    `${ratio(of, window)} / ${OBJECTIVES[of].budget}`,
  ]);

const LEFT = 'Of what 30 days allow, weighing each hour alike. 0: used up.';
const BURN =
  'How many times faster than allowed, over the windows that the alerts look at: 14.4 for an hour and five minutes pages someone, 1 for three days opens a ticket.';

export const slo: Dashboard = {
  uid: 'foretell-slo',
  title: 'Foretell / Service levels',
  description:
    '99.9 % of predictions without a server error, 99 % of them within a tenth of a second: budget and burn rate.',
  ofModels: false,
  rows: [
    {
      title: 'Errors: 99.9 % of predictions are answered',
      panels: [
        {
          title: 'Error budget left',
          description: LEFT,
          unit: 'percentunit',
          kind: 'number',
          width: 6,
          lines: [left('errors')],
          limits: [0.5, 0],
        },
        {
          title: 'Errors over 30 minutes and 2 hours',
          description: 'Share of the predictions that ended in 5xx.',
          unit: 'percentunit',
          width: 6,
          min: 0,
          lines: [
            ['30m', ratio('errors', '30m')],
            ['2h', ratio('errors', '2h')],
          ],
        },
        {
          title: 'Error budget burn rate',
          description: BURN,
          unit: 'none',
          width: 12,
          min: 0,
          lines: burn('errors'),
        },
      ],
    },
    {
      title: 'Latency: 99 % of predictions within 0.1 s',
      panels: [
        {
          title: 'Latency budget left',
          description: LEFT,
          unit: 'percentunit',
          kind: 'number',
          width: 6,
          lines: [left('latency')],
          limits: [0.5, 0],
        },
        {
          title: 'Slow predictions over 30 minutes and 2 hours',
          description: 'Share of the predictions that took longer than a tenth of a second.',
          unit: 'percentunit',
          width: 6,
          min: 0,
          lines: [
            ['30m', ratio('latency', '30m')],
            ['2h', ratio('latency', '2h')],
          ],
        },
        {
          title: 'Latency budget burn rate',
          description: BURN,
          unit: 'none',
          width: 12,
          min: 0,
          lines: burn('latency'),
        },
      ],
    },
    {
      title: 'Where to look',
      panels: [
        {
          title: 'Server errors by server',
          description:
            'Predictions a second that ended in 5xx, by server: whether one is at fault or all.',
          unit: 'reqps',
          width: 12,
          min: 0,
          lines: [
            [
              '{{instance}}',
              `sum by (instance) (rate(http_request_duration_seconds_count{${SERVERS}, route="/predict", code=~"5.."}[$__rate_interval]))`,
            ],
          ],
        },
        {
          title: 'Alerts that fire',
          description: 'Each has a page under docs/operations that says what to do.',
          unit: 'short',
          width: 12,
          min: 0,
          lines: [
            [
              '{{alertname}} {{severity}}',
              `count by (alertname, severity) (ALERTS{alertstate="firing", alertname=~"PredictApi.*"})`,
            ],
          ],
        },
      ],
    },
  ],
};
