// The nouns and events of the product: zod schemas, their types, and the error family.
export { DomainError, type DomainErrorDetails, isDomainError, parseWith, pathText } from "./errors.ts";
