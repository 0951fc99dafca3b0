// The one error of expressions: a DomainError that also says at which character.
import { DomainError } from "../../domain/index.ts";

export interface ExpressionErrorDetails {
  /** `expression-refused` while compiling, `expression-failed` while running. */
  readonly code: "expression-refused" | "expression-failed";
  readonly source: string;
  /** Zero-based offset in UTF-16 code units. */
  readonly position: number;
  readonly message: string;
  readonly fix: string;
}

export class ExpressionError extends DomainError {
  readonly position: number;

  constructor({ code, source, position, message, fix }: ExpressionErrorDetails, options?: ErrorOptions) {
    super({ code, path: "expression", message: `${message} (at character ${position + 1})`, fix, value: source }, options);
    this.name = "ExpressionError";
    this.position = position;
  }
}
