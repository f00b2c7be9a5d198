// The service: is it up, how much is asked of it, how fast it answers, what it needs for that.
import { SERVERS, type Dashboard, type Line } from './panels.ts';

const DOORS = 'route=~"/predict.*|/invocations|/v2/.*infer"';
const HTTP = 'http_request_duration_seconds';
/** cAdvisor names a container by its service in compose; the process's own figures stand beside it where there is no cAdvisor. */
const CONTAINER = 'container_label_com_docker_compose_service="api"';

const quantile = (q: number, selector: string): string =>
  `histogram_quantile(${q}, sum by (le) (rate(${HTTP}_bucket{${selector}}[$__rate_interval])))`;

const stageQuantile = (q: number): Line => [
  `{{stage}} p${q * 100}`,
  `histogram_quantile(${q}, sum by (le, stage) (rate(model_prediction_duration_seconds_bucket{${SERVERS}}[$__rate_interval])))`,
];

export const service: Dashboard = {
  uid: 'foretell-service',
  title: 'Foretell / Service',
  description: 'Requests, errors, latency, and what the servers and their containers use.',
  ofModels: false,
  rows: [
    {
      title: 'Now',
      panels: [
        {
          title: 'Servers up',
          description: 'Servers that Prometheus reaches.',
          unit: 'short',
          kind: 'number',
          lines: [['up', `sum(up{${SERVERS}})`]],
          limits: [1, 0],
        },
        {
          title: 'Requests',
          description: 'Requests a second, of all routes.',
          unit: 'reqps',
          kind: 'number',
          lines: [['requests', `sum(rate(${HTTP}_count{${SERVERS}}[$__rate_interval]))`]],
        },
        {
          title: 'Server errors',
          description: 'Share of the requests that ended in 5xx.',
          unit: 'percentunit',
          kind: 'number',
          lines: [
            [
              'errors',
              `sum(rate(${HTTP}_count{${SERVERS}, code=~"5.."}[$__rate_interval])) / sum(rate(${HTTP}_count{${SERVERS}}[$__rate_interval]))`,
            ],
          ],
          limits: [0.001, 0.01],
        },
        {
          title: 'Latency p95',
          description: '95 of 100 predictions are answered within this time.',
          unit: 's',
          kind: 'number',
          lines: [['p95', quantile(0.95, `${SERVERS}, ${DOORS}`)]],
          limits: [0.1, 1],
        },
        {
          title: 'In flight',
          description: 'Requests being answered at this moment.',
          unit: 'short',
          kind: 'number',
          lines: [['in flight', `sum(http_requests_in_flight{${SERVERS}})`]],
        },
        {
          title: 'Waiting for the log',
          description:
            'Predictions that are not stored yet. Where this climbs, the disk does not keep up, and new requests are refused with 503 before memory grows.',
          unit: 'short',
          kind: 'number',
          lines: [['rows', `sum(prediction_log_queue_depth{${SERVERS}})`]],
          limits: [5000, 15_000],
        },
      ],
    },
    {
      title: 'Requests',
      panels: [
        {
          title: 'Requests by route',
          description: 'Requests a second by route template; what matches none is `unmatched`.',
          unit: 'reqps',
          kind: 'stacked',
          lines: [
            [
              '{{method}} {{route}}',
              `sum by (method, route) (rate(${HTTP}_count{${SERVERS}}[$__rate_interval])) > 0`,
            ],
          ],
        },
        {
          title: 'Answers by status',
          description: 'Answers a second by status; 499: the client left before its answer.',
          unit: 'reqps',
          lines: [
            ['{{code}}', `sum by (code) (rate(${HTTP}_count{${SERVERS}}[$__rate_interval])) > 0`],
          ],
        },
        {
          title: 'Latency of predictions',
          description: 'From the first byte of the request to the last of the answer.',
          unit: 's',
          min: 0,
          lines: [
            ['p50', quantile(0.5, `${SERVERS}, ${DOORS}`)],
            ['p95', quantile(0.95, `${SERVERS}, ${DOORS}`)],
            ['p99', quantile(0.99, `${SERVERS}, ${DOORS}`)],
          ],
        },
        {
          title: 'Latency of predictions, all of it',
          description: 'How many requests took how long.',
          unit: 's',
          kind: 'heatmap',
          lines: [
            [
              '{{le}}',
              `sum by (le) (increase(${HTTP}_bucket{${SERVERS}, ${DOORS}}[$__rate_interval]))`,
            ],
          ],
        },
        {
          title: 'Stages of a prediction',
          description:
            'Validate: check and encode. Infer: the ONNX run, waiting for its turn included. Explain: reasons, where asked for. Log: until the row is stored.',
          unit: 's',
          min: 0,
          lines: [stageQuantile(0.5), stageQuantile(0.99)],
        },
        {
          title: 'Sizes',
          description: 'Mean size of bodies by route, asked and answered.',
          unit: 'bytes',
          min: 0,
          lines: [
            [
              'in {{route}}',
              `sum by (route) (rate(http_request_size_bytes_sum{${SERVERS}}[$__rate_interval])) / sum by (route) (rate(http_request_size_bytes_count{${SERVERS}}[$__rate_interval]))`,
            ],
            [
              'out {{route}}',
              `sum by (route) (rate(http_response_size_bytes_sum{${SERVERS}}[$__rate_interval])) / sum by (route) (rate(http_response_size_bytes_count{${SERVERS}}[$__rate_interval]))`,
            ],
          ],
        },
      ],
    },
    {
      title: 'Process',
      panels: [
        {
          title: 'Processor',
          description: 'Cores that the server uses; of several workers the sum.',
          unit: 'none',
          min: 0,
          lines: [
            [
              '{{instance}}',
              `sum by (instance) (rate(process_cpu_seconds_total{${SERVERS}}[$__rate_interval]))`,
            ],
          ],
        },
        {
          title: 'Memory',
          description: 'Resident memory, and the part of it that is the JavaScript heap.',
          unit: 'bytes',
          min: 0,
          lines: [
            ['resident {{instance}}', `process_resident_memory_bytes{${SERVERS}}`],
            ['heap {{instance}}', `nodejs_heap_size_used_bytes{${SERVERS}}`],
          ],
        },
        {
          title: 'Event loop',
          description:
            'How late the event loop is. Above a tenth of a second everything waits for something that runs too long.',
          unit: 's',
          min: 0,
          lines: [
            ['p99 {{instance}}', `nodejs_eventloop_lag_p99_seconds{${SERVERS}}`],
            ['mean {{instance}}', `nodejs_eventloop_lag_mean_seconds{${SERVERS}}`],
          ],
        },
        {
          title: 'Garbage collection',
          description: 'Share of the time that is spent collecting garbage, by kind.',
          unit: 'percentunit',
          min: 0,
          lines: [
            [
              '{{kind}}',
              `sum by (kind) (rate(nodejs_gc_duration_seconds_sum{${SERVERS}}[$__rate_interval]))`,
            ],
          ],
        },
        {
          title: 'Open files and sockets',
          description:
            'File descriptors in use, and how many there may be; each viewer of the live stream holds one.',
          unit: 'short',
          min: 0,
          lines: [
            ['open {{instance}}', `process_open_fds{${SERVERS}}`],
            ['limit {{instance}}', `process_max_fds{${SERVERS}}`],
            ['live viewers {{instance}}', `live_stream_viewers{${SERVERS}}`],
          ],
        },
      ],
    },
    {
      title: 'Container (cAdvisor)',
      panels: [
        {
          title: 'Container processor',
          description: 'Cores that the container of the API uses, as cAdvisor measures it.',
          unit: 'none',
          min: 0,
          lines: [
            [
              '{{name}}',
              `sum by (name) (rate(container_cpu_usage_seconds_total{job="cadvisor", ${CONTAINER}}[$__rate_interval]))`,
            ],
          ],
        },
        {
          title: 'Container memory',
          description: 'Memory that counts against the limit of the container.',
          unit: 'bytes',
          min: 0,
          lines: [
            [
              '{{name}}',
              `sum by (name) (container_memory_working_set_bytes{job="cadvisor", ${CONTAINER}})`,
            ],
          ],
        },
        {
          title: 'Container network',
          description: 'Bytes a second that the container receives and sends.',
          unit: 'Bps',
          min: 0,
          lines: [
            [
              'received',
              `sum(rate(container_network_receive_bytes_total{job="cadvisor", ${CONTAINER}}[$__rate_interval]))`,
            ],
            [
              'sent',
              `sum(rate(container_network_transmit_bytes_total{job="cadvisor", ${CONTAINER}}[$__rate_interval]))`,
            ],
          ],
        },
      ],
    },
    {
      title: 'Prediction log and jobs',
      panels: [
        {
          title: 'Predictions stored',
          description:
            'Rows a second that reach the log; those that could not be stored; and those that were answered all the same (PREDICTION_LOG=async) and are lost.',
          unit: 'rowsps',
          min: 0,
          lines: [
            ['stored', `sum(rate(prediction_log_writes_total{${SERVERS}}[$__rate_interval]))`],
            [
              'not stored',
              `sum(rate(prediction_log_write_failures_total{${SERVERS}}[$__rate_interval]))`,
            ],
            ['lost', `sum(rate(prediction_log_dropped_total{${SERVERS}}[$__rate_interval]))`],
          ],
        },
        {
          title: 'Size of the log',
          description:
            'Room that the prediction log takes; RETENTION_DAYS and RETENTION_MB bound it.',
          unit: 'bytes',
          min: 0,
          lines: [['log', `max(prediction_log_size_bytes{${SERVERS}})`]],
        },
        {
          title: 'Time since the last row',
          description: 'Since a prediction was last stored.',
          unit: 's',
          min: 0,
          lines: [
            ['since', `time() - max(prediction_log_last_write_timestamp_seconds{${SERVERS}} > 0)`],
          ],
        },
        {
          title: 'Jobs',
          description: 'Jobs by state.',
          unit: 'short',
          min: 0,
          lines: [['{{state}}', `max by (state) (jobs{${SERVERS}})`]],
        },
        {
          title: 'Rows of jobs',
          description: 'Rows a second that jobs score or refuse.',
          unit: 'rowsps',
          min: 0,
          lines: [
            [
              '{{outcome}}',
              `sum by (outcome) (rate(job_rows_total{${SERVERS}}[$__rate_interval]))`,
            ],
          ],
        },
      ],
    },
  ],
};
