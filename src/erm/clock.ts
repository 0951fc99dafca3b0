// Where a post stood on the clocks of the day and the week: the wall time of its slot, moved by its delay. Exact but for a change of clocks
// between slot and publication.
import { type Post, type Slot, type WallTime, weekdayOf, weekdays } from "../domain/index.ts";

/** Hours since Monday 00:00 in the slot's zone, in [0, 168). */
export function hourOfWeek({ slot, publishedMs }: { readonly slot: Slot; readonly publishedMs: number }): number {
  return onClock(plannedHour(slot.wallTime) + (publishedMs - slot.startMs) / 3_600_000, 168);
}

export function hourOfDay(post: { readonly slot: Slot; readonly publishedMs: number }): number {
  return hourOfWeek(post) % 24;
}

/** `weekday/06-12` or the like: day class and daypart of the publication, one of 8 cells. */
export function dayCell(post: { readonly slot: Slot; readonly publishedMs: number }): string {
  const hour = hourOfWeek(post);
  return `${dayClass(hour)}/${Math.floor((hour % 24) / 6)}`;
}

/** True if the delay moved the post from the weekdays to the weekend or back. */
export function leftItsDayClass(post: { readonly slot: Slot; readonly publishedMs: number }): boolean {
  return dayClass(hourOfWeek(post)) !== dayClass(plannedHour(post.slot.wallTime));
}

/** Minutes between the planned and the real publication. */
export function delayMinutes({ slot, publishedMs }: { readonly slot: Slot; readonly publishedMs: number }): number {
  return Math.abs(publishedMs - slot.startMs) / 60_000;
}

/** Largest distance on the 24-hour clock between the publish times of these posts, minutes. */
export function clockGapMinutes(posts: readonly Pick<Post, "slot" | "publishedMs">[]): number {
  const hours = posts.flatMap(({ slot, publishedMs }) => (publishedMs === undefined ? [] : [hourOfDay({ slot, publishedMs })]));
  let largest = 0;
  hours.forEach((one, at) => {
    for (const other of hours.slice(at + 1)) {
      const apart = Math.abs(one - other);
      largest = Math.max(largest, Math.min(apart, 24 - apart));
    }
  });
  // Minutes came from whole milliseconds; hours in between cost the last digits.
  return Math.round(largest * 3_600_000) / 60_000;
}

function plannedHour(wallTime: WallTime): number {
  const seconds = wallTime.length > 16 ? Number(wallTime.slice(17, 19)) : 0;
  return (
    weekdays.indexOf(weekdayOf(wallTime)) * 24 + Number(wallTime.slice(11, 13)) + Number(wallTime.slice(14, 16)) / 60 + seconds / 3_600
  );
}

function onClock(hour: number, period: number): number {
  const turned = hour - period * Math.floor(hour / period);
  // A hair below 0 becomes exactly the period.
  return turned >= period ? 0 : turned;
}

function dayClass(hour: number): "weekday" | "weekend" {
  return hour >= 5 * 24 ? "weekend" : "weekday";
}
