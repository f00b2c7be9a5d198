// The security headers of every answer. They are the same for all, so they are computed once: helmet does so for each request.
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

/** No inline script, nothing from elsewhere: what Swagger UI and the console live under. */
const CONTENT_SECURITY_POLICY = {
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

/** By name. `overTls`: browsers are told to come back by TLS only. */
export function securityHeaders(overTls: boolean): Readonly<Record<string, string>> {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  const setHeaders = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY_POLICY },
    strictTransportSecurity: overTls,
  });
  setHeaders(request, response, (error) => {
    if (error !== undefined)
      throw new Error('the security headers cannot be made', { cause: error });
  });
  return Object.freeze(response.getHeaders() as Record<string, string>);
}
