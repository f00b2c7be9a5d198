// Documents the problems each route can answer, in one place: a walk over the OpenAPI document that reads what a route needs (its scope,
// body, parameters) instead of a decorator on every handler.
import type { OpenAPIObject } from '@nestjs/swagger';
import { AppError, CATALOGUE, type ErrorCode } from './errors.ts';
import { FOREIGN_ERRORS } from './foreign-route.ts';
import { PROBLEM_JSON, toProblem } from './problem.filter.ts';

type PathItem = OpenAPIObject['paths'][string];
export type Operation = NonNullable<PathItem['get']>;
export type SchemaObject = Exclude<
  NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string],
  { $ref: string }
>;
type ResponseObject = Exclude<NonNullable<Operation['responses'][string]>, { $ref: string }>;

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;
const EXAMPLE_INSTANCE = '8d0c1c5e-7f0e-4a52-9a53-0d6f6a1f2b7c';

/** Problems that follow from what a route does rather than from its shape. */
const OF_ROUTE: Readonly<Record<string, readonly ErrorCode[]>> = {
  'post /token': ['INVALID_CREDENTIALS', 'INVALID_GRANT', 'TOO_MANY_REQUESTS'],
  'patch /users/me/password': ['INVALID_CREDENTIALS'],
  'post /users': ['CONFLICT'],
  'patch /users/{id}': ['CONFLICT'],
  'delete /users/{id}': ['CONFLICT'],
  'post /predict': [
    'EXPLANATION_UNAVAILABLE',
    'MODEL_ERROR',
    'MODEL_NOT_READY',
    'UNAVAILABLE',
    'BUNDLE_INVALID',
  ],
  'post /predict/what-if': ['EXPLANATION_UNAVAILABLE', 'MODEL_ERROR', 'MODEL_NOT_READY'],
  'post /predict/batch': [
    'NOT_ACCEPTABLE',
    'REQUEST_TIMEOUT',
    'EXPLANATION_UNAVAILABLE',
    'MODEL_ERROR',
    'MODEL_NOT_READY',
    'UNAVAILABLE',
  ],
  'post /jobs': ['REQUEST_TIMEOUT', 'UNAVAILABLE'],
  'get /jobs/{id}/result': ['NOT_ACCEPTABLE', 'CONFLICT', 'UNAVAILABLE'],
  'post /models/reload': ['MODEL_NOT_FOUND', 'BUNDLE_INVALID', 'REGISTRY_UNAVAILABLE'],
  'get /.well-known/jwks.json': ['TOO_MANY_REQUESTS'],
  'post /webhooks/mlflow': ['INVALID_SIGNATURE', 'NOT_FOUND', 'TOO_MANY_REQUESTS'],
  'post /models/{name}/promote': [
    'MODEL_NOT_FOUND',
    'CONFLICT',
    'GATE_FAILED',
    'REGISTRY_UNAVAILABLE',
    'UNAVAILABLE',
  ],
  'post /models/{name}/rollback': [
    'MODEL_NOT_FOUND',
    'CONFLICT',
    'REGISTRY_UNAVAILABLE',
    'UNAVAILABLE',
  ],
  'get /models/{name}/history': ['MODEL_NOT_FOUND'],
  'get /models/{name}/card': [
    'MODEL_NOT_FOUND',
    'NOT_ACCEPTABLE',
    'BUNDLE_INVALID',
    'REGISTRY_UNAVAILABLE',
  ],
  'get /models/{name}/versions/{version}/evaluation': [
    'MODEL_NOT_FOUND',
    'BUNDLE_INVALID',
    'REGISTRY_UNAVAILABLE',
  ],
  'get /monitoring/summary': ['MODEL_NOT_FOUND'],
  'get /monitoring/stream': ['MODEL_NOT_FOUND', 'UNAVAILABLE'],
  'get /model-info': ['MODEL_NOT_READY'],
  'get /monitoring/drift': [
    'MODEL_NOT_FOUND',
    'DRIFT_REFERENCE_UNAVAILABLE',
    'MODEL_NOT_READY',
    'BUNDLE_INVALID',
  ],
  'get /monitoring/drift/distribution': [
    'MODEL_NOT_FOUND',
    'DRIFT_REFERENCE_UNAVAILABLE',
    'MODEL_NOT_READY',
    'BUNDLE_INVALID',
  ],
  'get /monitoring/quality': ['MODEL_NOT_FOUND', 'MODEL_NOT_READY', 'BUNDLE_INVALID'],
  'get /monitoring/fairness': ['MODEL_NOT_FOUND', 'MODEL_NOT_READY'],
  'post /feedback': ['MODEL_NOT_FOUND', 'BUNDLE_INVALID', 'REGISTRY_UNAVAILABLE'],
  'get /audit': ['NOT_ACCEPTABLE'],
  'get /metrics': ['UNAUTHENTICATED'],
};

const DETAILS: Partial<Record<ErrorCode, string>> = {
  MALFORMED_JSON: 'The body stops being JSON at line 3, column 19.',
  DUPLICATE_KEY: 'The key "mean radius" appears again at line 2, column 24.',
  BAD_REQUEST: 'The body is empty; send a JSON object.',
  UNAUTHENTICATED: 'Send an access token or an API key.',
  INVALID_TOKEN: 'The token has expired.',
  INVALID_SIGNATURE: 'This delivery has been received before.',
  BUNDLE_INVALID: 'model.onnx: there is no such file. Version 2 stays live.',
  CONFLICT: 'Somebody else moved the alias meanwhile; read the history before you try again.',
  GATE_FAILED: 'The gate refuses version 2: roc_auc_vs_champion.',
  EXPLANATION_UNAVAILABLE: 'The bundle of version 2 does not hold what this takes.',
  DRIFT_REFERENCE_UNAVAILABLE: 'The bundle of version 2 holds no sample of its training rows.',
  FORBIDDEN: 'This needs a scope that the credentials do not hold.',
  INVALID_INPUT: 'The input does not fit: mean radius.',
  TOO_MANY_REQUESTS: 'The rate limit is reached; wait, then go on.',
  MODEL_NOT_READY: 'No verified model is being served yet; try again later.',
  UNAVAILABLE: 'The prediction could not be stored, so it was not made; try again later.',
};

const PROBLEM_SCHEMA: SchemaObject = {
  type: 'object',
  description: 'RFC 9457 problem details.',
  required: ['type', 'title', 'status', 'code', 'detail', 'instance'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(CATALOGUE) },
    detail: { type: 'string' },
    instance: { type: 'string', description: 'The request id, also in X-Request-Id.' },
    report: {
      type: 'object',
      description: "Of GATE_FAILED: the gate's report, as a passed promotion answers it.",
    },
    errors: {
      type: 'array',
      description: 'Every field that does not fit; values are never repeated.',
      items: {
        type: 'object',
        required: ['field', 'code', 'expected'],
        properties: {
          field: { type: 'string' },
          code: { type: 'string' },
          expected: { type: 'string' },
          received: { type: 'string', description: 'The kind of what came.' },
        },
      },
    },
  },
};

/** The document with problem answers on every route; what a route documents itself stays. */
export function documentProblems(document: OpenAPIObject): OpenAPIObject {
  const paths = Object.fromEntries(
    Object.entries(document.paths).map(([path, item]) => [path, withProblems(path, item)]),
  );
  const schemas = { ...document.components?.schemas, Problem: PROBLEM_SCHEMA };
  return { ...document, paths, components: { ...document.components, schemas } };
}

function withProblems(path: string, item: PathItem): PathItem {
  const changed: PathItem = { ...item };
  for (const method of METHODS) {
    const operation = item[method];
    if (operation === undefined || FOREIGN_ERRORS in operation) continue;
    const problems = responsesOf(problemsOf(path, method, operation));
    changed[method] = { ...operation, responses: { ...problems, ...operation.responses } };
  }
  return changed;
}

/** What the shape of a route lets go wrong. */
function problemsOf(path: string, method: string, operation: Operation): readonly ErrorCode[] {
  const codes: ErrorCode[] = [];
  const scope = (operation as { 'x-required-scope'?: string })['x-required-scope'];
  const hasBody = operation.requestBody !== undefined;
  const hasQuery = (operation.parameters ?? []).some((each) => 'in' in each && each.in === 'query');
  if (hasBody) {
    codes.push(
      'MALFORMED_JSON',
      'DUPLICATE_KEY',
      'BAD_REQUEST',
      'BODY_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
    );
  }
  if (scope !== undefined)
    codes.push('UNAUTHENTICATED', 'INVALID_TOKEN', 'INVALID_API_KEY', 'TOO_MANY_REQUESTS');
  if (scope !== undefined && scope !== 'any') codes.push('FORBIDDEN');
  if (path.includes('{')) codes.push('NOT_FOUND');
  if (hasBody || hasQuery) codes.push('INVALID_INPUT');
  return [...codes, ...(OF_ROUTE[`${method} ${path}`] ?? [])];
}

/** Codes that share a status share one response, with an example each. */
function responsesOf(codes: readonly ErrorCode[]): Record<string, ResponseObject> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = CATALOGUE[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [String(status), responseOf(same)]),
  );
}

function responseOf(codes: readonly ErrorCode[]): ResponseObject {
  const examples = codes.map((code) => [
    code,
    { summary: CATALOGUE[code].title, value: exampleOf(code) },
  ]);
  return {
    description: codes.map((code) => CATALOGUE[code].title).join('; '),
    content: {
      [PROBLEM_JSON]: {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(examples) as Record<
          string,
          { summary: string; value: object }
        >,
      },
    },
  };
}

function exampleOf(code: ErrorCode): object {
  const errors = [
    { field: 'mean radius', code: 'type', expected: 'a number, at least 0', received: 'a string' },
  ];
  const options = code === 'INVALID_INPUT' ? { errors } : {};
  const detail = DETAILS[code] ?? `${CATALOGUE[code].title}.`;
  return toProblem(new AppError(code, detail, options), EXAMPLE_INSTANCE);
}
