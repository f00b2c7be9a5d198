// The security headers of every answer. They are the same for all, so they are computed once: helmet does so for each request.
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet, { type HelmetOptions } from 'helmet';

/** No inline script, nothing from elsewhere: what Swagger UI and the console live under. */
const PAGE_POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};
const DATA_POLICY = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

type Headers = Readonly<Record<string, string>>;

/** By name. `overTls`: browsers are told to come back by TLS only. */
export interface SecurityHeaders {
  /** Of what a browser shows. */
  readonly page: Headers;
  /**
   * Of data: what OWASP's REST Security Cheat Sheet asks of answers that are never rendered. The rest says how to render, and each header
   * costs a prediction 0.3 us.
   */
  readonly data: Headers;
}

export const securityHeaders = (overTls: boolean): SecurityHeaders => ({
  page: helmetHeaders({
    contentSecurityPolicy: { useDefaults: false, directives: PAGE_POLICY },
    strictTransportSecurity: overTls,
  }),
  data: helmetHeaders({
    contentSecurityPolicy: { useDefaults: false, directives: DATA_POLICY },
    strictTransportSecurity: overTls,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    referrerPolicy: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xFrameOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  }),
});

function helmetHeaders(options: HelmetOptions): Headers {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet(options)(request, response, (error) => {
    if (error !== undefined)
      throw new Error('the security headers cannot be made', { cause: error });
  });
  return Object.freeze(response.getHeaders() as Record<string, string>);
}
