// `validity(policy)`: the validity report at every checkpoint of every experiment.
import type { OperatorFunction } from "rxjs";
import type { JournalEvent, ValidityReport } from "../domain/index.ts";
import { checkValidity, defaultValidityPolicy, type ValidityPolicy } from "../erm/index.ts";
import { checkpointOf } from "./checkpoint.ts";
import { type StreamVerdict, verdicts } from "./verdicts.ts";

/**
 * The report of `checkValidity` over everything recorded up to each `checkpoint`, the same for any chunking, order of late events and duplicates: the last
 * verdict with a `markId` is that of the batch call. Memory is bounded by the open experiments; an error is reported for its experiment alone.
 */
export function validity(policy: ValidityPolicy = defaultValidityPolicy): OperatorFunction<JournalEvent, StreamVerdict<ValidityReport>> {
  return verdicts({ markOf: checkpointOf, judge: (input) => checkValidity(input, policy) });
}
