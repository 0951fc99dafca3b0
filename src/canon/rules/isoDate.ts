// Days of expiry as instants, without a clock or a calendar library: documents are dated, callers compare with the time they were given.
// Days from civil date: H. Hinnant, "chrono-compatible low-level date algorithms", 2013.

const dayMs = 86_400_000;

/** The first instant of an ISO date in UTC. The date is taken to be one that zod's `iso.date` accepted. */
export function isoDateMs(date: string): number {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  // Years begin in March, so that the leap day is the last of its year.
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return (era * 146_097 + dayOfEra - 719_468) * dayMs;
}
