// swagger-ui-dist ships no types; this is the one module of it that is used.
declare module 'swagger-ui-dist/absolute-path.js' {
  /** The folder of Swagger UI's built files. */
  export default function getAbsoluteFSPath(): string;
}
