// One queue in front of every operator: an event that a subscriber sends while an earlier one is still being handled waits its turn, so that all
// subscribers see events in one order (machines note 2.7: a Subject calls its subscribers depth first).
import { type MonoTypeOperatorFunction, Observable } from "rxjs";

/** Hands on values one after the other, never one inside another. The queue holds only what arrived during one hand-over. */
export function fifo<Value>(): MonoTypeOperatorFunction<Value> {
  return (source) =>
    new Observable((subscriber) => {
      const waiting: (() => void)[] = [];
      let isBusy = false;
      const run = (task: () => void) => {
        waiting.push(task);
        if (isBusy) return;
        isBusy = true;
        try {
          for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) next();
        } finally {
          isBusy = false;
        }
      };
      return source.subscribe({
        next: (value) => run(() => subscriber.next(value)),
        error: (error: unknown) => run(() => subscriber.error(error)),
        complete: () => run(() => subscriber.complete()),
      });
    });
}
