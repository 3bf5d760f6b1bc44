/** A problem document (RFC 9457) as the API answers it, or what stands for one when there was no answer. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  retryable: boolean;
  trace_id?: string;
  seats?: string[];
  booking_id?: string;
  decline_code?: string;
  errors?: { pointer: string; detail: string }[];
}

/** A request that did not end well. */
export class Problem extends Error {
  constructor(readonly body: ProblemBody) {
    super(body.detail);
  }

  /** The last part of the type, such as `seats-taken`; `away` when nobody answered. */
  get kind(): string {
    return this.body.type.split('/').at(-1) ?? '';
  }

  /** What is wrong with a field of the body, if anything. */
  of(field: string): string | undefined {
    return this.body.errors?.find((error) => error.pointer === `#/${field}`)?.detail;
  }

  /** Nobody answered: the server is away, or the way to it. */
  static away(): Problem {
    const detail = $localize`Usher cannot be reached. Nothing is lost; try again in a moment.`;
    return new Problem({ type: 'away', title: detail, status: 0, detail, retryable: true });
  }

  /** Whatever was thrown, as a problem. */
  static from(thrown: unknown): Problem {
    return thrown instanceof Problem ? thrown : Problem.away();
  }
}
