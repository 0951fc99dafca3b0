// A plan as a person reads it: week by week in the client's zone, day by day, each post with its arm, lane and block.
import {
  type Brief,
  dateOf,
  dayNumberOf,
  mondayOfWeek,
  needsPerson,
  type Plan,
  type PlannedPost,
  weekdayOf,
  weekNumberOf,
} from "../../domain/index.ts";
import { offsetAt, resolveWallTime } from "../../schedule/index.ts";

const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The weeks of a plan as text. @param name of a variant for people, by id. */
export function weekView(plan: Plan, { runWindow, accounts, surfaces }: Brief, name: (variantId: string) => string): string {
  const { zone } = runWindow;
  const severalPlaces = accounts.length * surfaces.length > 1;
  const width = (of: (post: PlannedPost) => string): number => Math.max(...plan.posts.map((post) => of(post).length));
  const columns: ((post: PlannedPost) => string)[] = [
    ({ variantId }) => name(variantId),
    ({ lane }) => (needsPerson(lane) ? `${lane}, by a person` : lane),
    ...(severalPlaces ? [({ account, surface }: PlannedPost) => `${account} ${surface}`] : []),
    ({ block, makeUpFor }) => `block ${block}${makeUpFor === undefined ? "" : ", make-up"}`,
  ];
  const widths = columns.map(width);
  const line = (post: PlannedPost): string =>
    columns
      .map((column, at) => column(post).padEnd(widths[at]!))
      .join("  ")
      .trimEnd();

  return [...Map.groupBy(plan.posts, ({ slot }) => mondayOf(slot.wallTime))]
    .map(([monday, posts]) => {
      const offsets = [...new Set([offsetAtNoon(monday, zone), ...posts.map(({ slot }) => offsetAt(slot.startMs, zone))])];
      const days = [...Map.groupBy(posts, ({ slot }) => slot.wallTime.slice(0, 10))].map(([date, ofDay]) =>
        ofDay
          .map((post, at) => `  ${at === 0 ? dayText(date) : " ".repeat(10)}  ${post.slot.wallTime.slice(11, 16)}  ${line(post)}`)
          .join("\n"),
      );
      return [
        `Week of ${dayText(monday).replace("  ", " ")} ${monday.slice(0, 4)}, ${zone} (UTC${offsets.join(", then UTC")})`,
        ...days,
      ].join("\n");
    })
    .join("\n\n");
}

/** A day such as `Mon  1 Mar`. */
export function dayText(date: string): string {
  const weekday = weekdayOf(date);
  return `${weekday.charAt(0).toUpperCase()}${weekday.slice(1)} ${date.slice(8, 10).replace(/^0/, " ")} ${monthNames[Number(date.slice(5, 7)) - 1]!}`;
}

function mondayOf(wallTime: string): string {
  return dateOf(mondayOfWeek(weekNumberOf(dayNumberOf(wallTime))));
}

/** Noon exists on every day of every zone. */
function offsetAtNoon(date: string, zone: string): string {
  return offsetAt(resolveWallTime(`${date}T12:00`, zone).instantMs, zone);
}
