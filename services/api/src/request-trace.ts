/** The span of a request that is traced, as contexts (W3C traceparent). */
export interface RequestTrace {
  readonly own: string;
  /** Of who asked, if that is traced. */
  readonly parent: string | undefined;
}
